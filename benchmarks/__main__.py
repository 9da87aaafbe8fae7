"""`python -m benchmarks [NAME ...]`: run all or those named, and write docs/reference/benchmarks.md."""

from __future__ import annotations

import argparse
import importlib
import sys
from typing import Final

from benchmarks.real_data import NotHereError
from benchmarks.report import PAGE, keep

MODULES: Final = {
    "near-copies": "benchmarks.near_copies",
    "near-repeat": "benchmarks.near_repeat",
    "coordination": "benchmarks.coordination",
    "nation": "benchmarks.nation",
    "new-terms": "benchmarks.new_terms",
    "sandbox-core": "benchmarks.sandbox_core",
    "sandbox-names": "benchmarks.sandbox_names",
    "sandbox-nation": "benchmarks.sandbox_nation",
    "register": "benchmarks.register",
    "site-pages": "benchmarks.site_pages",
    "insight-pages": "benchmarks.insight_pages",
    "trade-lexicon": "benchmarks.trade_lexicon",
    "trade-year": "benchmarks.trade_year",
    "speak-timing": "benchmarks.speak_timing",
    "speak-sending": "benchmarks.speak_sending",
}
"""Each has `run(repeats)`. Loaded when run, since each needs a library that the others do not."""


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    asked.add_argument(
        "names", nargs="*", metavar="NAME", help=f"any of {', '.join(MODULES)}; all without it"
    )
    asked.add_argument("--repeats", type=int, default=3, help="how often each is timed (3)")
    chosen = asked.parse_args()
    if unknown := sorted(set(chosen.names) - set(MODULES)):
        asked.error(f"there is no benchmark {', '.join(unknown)}: there are {', '.join(MODULES)}")
    if chosen.repeats < 1:
        asked.error("--repeats must be 1 or more")
    left_out = []
    for name in chosen.names or MODULES:
        print(f"{name}:", file=sys.stderr, flush=True)
        try:
            finding = importlib.import_module(MODULES[name]).run(chosen.repeats)
        except NotHereError as why:
            left_out.append(f"Left out: {name} {why}")
            continue
        keep(name, finding, list(MODULES))
        for row in finding.rows:
            values = (
                f"{column}: {format(row[column], spec)}"
                for column, spec in finding.columns.items()
                if column in row
            )
            print("  " + " · ".join(values))
    print("\n".join([*left_out, f"Written: {PAGE.relative_to(PAGE.parents[2])}"]))
    sys.exit(bool(left_out))


if __name__ == "__main__":
    main()
