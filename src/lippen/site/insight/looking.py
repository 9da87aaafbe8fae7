"""A look at an uploaded export before anything of it is brought in, in a process of its own.

`python -m lippen.site.insight.looking FILE` reads a question as JSON from standard input and answers with
JSON. A file that was made to exhaust a computer exhausts this process alone, which may use so much memory and
time and no more. It opens no database and stores nothing.
"""

from __future__ import annotations

import hashlib
import json
import resource
import secrets
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import pyarrow.compute as pc

from lippen.errors import LippenError
from lippen.signals import AuthorityExpired, Mapping, MappingError, load_kind, parse_mapping
from lippen.signals.accept import Accepted, IdentityFound, accept
from lippen.signals.authority import LAST_DAY
from lippen.signals.drafting import ZONE_GUESSED, draft_mapping
from lippen.signals.folding import fold
from lippen.signals.glance import Glance
from lippen.signals.identity import mask_value
from lippen.signals.listing import Found, list_folder
from lippen.signals.mapping import FileRules
from lippen.signals.protected import protected_classes_of
from lippen.signals.reading import open_file
from lippen.signals.report import ImportRefused
from lippen.signals.rows import FileRefused, RowBatch
from lippen.signals.survey import Survey
from lippen.site.insight.kinds import INCIDENT
from lippen.site.insight.looking_shown import SHOWN, first_rows, shown, together
from lippen.site.insight.naming import naming
from lippen.site.insight.toml_text import toml_text

MOST_MEMORY: Final = 4 << 30
MOST_SECONDS: Final = 60
ROWS_CHECKED: Final = 100_000
"""How many rows are read as an import would read them; kinds and codes are counted over more."""

ROWS_COUNTED: Final = 1_000_000
LISTED: Final = 400
TEXTS_SHOWN: Final = 20
_LONGEST_TEXT: Final = 600
_STANDS_FOR_ONE: Final = {"who": "-", "basis": "-", "purpose": "-", "expires": f"{LAST_DAY}"}

Seen = dict[str, Any]


class _WithoutPandas:
    """Finds no pandas: pyarrow loads it with its first array, which took a third of the time of a look at a
    small export, and nothing that is looked at becomes one of its tables.
    """

    @staticmethod
    def find_spec(name: str, *_: Any) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name=name)


def main() -> int:
    sys.meta_path.insert(0, _WithoutPandas)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    asked = json.load(sys.stdin)
    try:
        answer = look(Path(sys.argv[1]), **asked)
    except LippenError as why:
        answer = {"unread": str(why)}
    json.dump(answer, sys.stdout)
    return 0


def look(
    path: Path, kind: str, source: str, mapping: str | None, saved: dict[str, str], clock: str | None
) -> Seen:
    """What an export holds and what a mapping makes of it, ready to be shown: nothing that identifies
    anybody.

    Without a `mapping` one is proposed: the one of `saved` (TOML by digest of headings) that was checked for
    the same headings before, else a guess; either way with the `clock` of the site, once it has one. `source`
    is what pages call the export. Raises ImportRefused when the file cannot be read.
    """
    found, left = list_folder(path)
    if not found:
        raise ImportRefused(left[0].reason if left else "there is no file here")
    (file,) = found
    problems: list[str] = []
    notes: list[str] = []
    try:
        if mapping is None:
            survey = Survey(path, load_kind(kind))
            if survey.left:
                raise FileRefused(survey.left[0].reason)
            glance = survey.lead
            mapping = saved.get(digest_of(list(glance.columns)))
            was_saved = mapping is not None
            if mapping is None:
                draft = draft_mapping(survey, source)
                mapping = draft.toml
                problems += [*glance.problems, *survey.problems, *_without_clock(draft.problems)]
                notes += [*glance.notes, *_without_clock(draft.notes)]
            mapping = mapping if clock is None else _by_clock(mapping, clock)
        else:
            glance, was_saved = Glance(file, load_kind(kind)), False
    except FileRefused as why:
        raise ImportRefused(f"the file cannot be read: {why}") from why
    seen: Seen = {
        "headings": list(glance.columns),
        "digest": digest_of(list(glance.columns)),
        "before": {name: shown(values, glance.kind) for name, values in glance.columns.items()},
        "identity": dict(glance.identity),
        "formats": list(dict.fromkeys(glance.formats)),
        "saved": was_saved,
        "clock": glance.zone(),
        "mapping": mapping,
        "reader": file.reader,
        "incomplete": "",
    }
    checked, seen["incomplete"] = _parsed(mapping)
    read = _Reading(file, checked, problems, notes)
    return {**seen, **read.told(tomllib.loads(mapping))}


def _parsed(text: str) -> tuple[Mapping | None, str]:
    """The mapping, and what keeps anything from being brought in by it ("" where nothing does).

    While it says of no authority, or of one that has run out, it is read as if it had one: so that somebody
    sees what its columns make of the file before they say by what right it is held.
    """
    incomplete, raw = "", tomllib.loads(text)
    try:
        mapping = parse_mapping(text)
        mapping.in_force()
    except AuthorityExpired as why:
        return mapping, str(why)
    except MappingError as why:
        incomplete = str(why)
    else:
        return mapping, ""
    if not load_kind(raw.get("kind", INCIDENT)).needs_authority:
        return None, incomplete
    try:
        return parse_mapping(toml_text({**raw, "authority": _STANDS_FOR_ONE})), incomplete
    except MappingError as why:
        return None, str(why)


def digest_of(headings: list[str]) -> str:
    """The same for exports with the same headings, in whatever order."""
    return hashlib.sha256(json.dumps(sorted(fold(one) for one in headings)).encode()).hexdigest()


def _without_clock(notes: Iterable[str]) -> list[str]:
    """The page itself says whose clock it is, and why."""
    return [one for one in notes if not one.startswith(ZONE_GUESSED)]


def _by_clock(mapping: str, clock: str) -> str:
    return toml_text({**tomllib.loads(mapping), "zone": clock})


class _Reading:
    """The first rows of a file, read by a mapping as an import would read them."""

    def __init__(self, file: Found, mapping: Mapping | None, problems: list[str], notes: list[str]) -> None:
        self.file = file
        self.mapping = mapping
        self.problems = problems
        self.notes = Counter(dict.fromkeys(notes, 0))
        self.first: list[dict[str, Any]] = []
        self.rows = self.refused = self.with_outcome = self.protected = self.own = 0
        self.whole = True
        self.unreadable = False
        self.reasons: Counter[tuple[str, str]] = Counter()
        self.examples: dict[tuple[str, str], dict[str, Any]] = {}
        self.texts: list[str] = []
        self.named: list[str] = []
        self.texts_named = 0
        self.areas: Counter[str] = Counter()

    def told(self, raw: dict[str, Any]) -> Seen:
        kinds, codes, counted_rows = self._counted(raw.get("columns", {}))
        if self.mapping is not None and not self.unreadable:
            self._read(self.mapping)
        listed = [
            (kind, rows) for kind, rows in kinds.most_common(LISTED) if kind and mask_value(kind) == kind
        ]
        closing = [
            (code, rows) for code, rows in codes.most_common(LISTED) if code and mask_value(code) == code
        ]
        rest = secrets.SystemRandom().sample(self.texts, min(TEXTS_SHOWN, len(self.texts)))
        return {
            "first": self.first,
            "problems": self.problems,
            "notes": [f"{note}: {many:,}" if many else note for note, many in self.notes.items()],
            "rows": self.rows,
            "whole": self.whole,
            "counted_rows": counted_rows,
            "refused": self.refused,
            "with_outcome": self.with_outcome,
            "protected": self.protected,
            "own": self.own,
            "reasons": [
                {**self.examples[key], "column": key[0], "reason": key[1], "rows": many}
                for key, many in self.reasons.most_common(12)
            ],
            "kinds": [
                {"kind": kind, "rows": rows, "word": bool(protected_classes_of(kind))}
                for kind, rows in listed
            ],
            "kinds_left": len(kinds) - len(listed) - (1 if kinds[""] else 0),
            "codes": [{"code": code, "rows": rows} for code, rows in closing],
            "codes_left": len(codes) - len(closing) - (1 if codes[""] else 0),
            "no_code": codes[""],
            "texts": list(dict.fromkeys([*self.named[: TEXTS_SHOWN // 2], *rest])),
            "texts_named": self.texts_named,
            "texts_read": len(self.texts),
            "areas": [(mask_value(area), rows) for area, rows in self.areas.most_common(LISTED)],
        }

    def _counted(self, columns: dict[str, Any]) -> tuple[Counter[str], Counter[str], int]:
        """How often each kind and each disposal code stands in the first rows."""
        names = {ours: _names(columns.get(ours)) for ours in ("kind", "disposal")}
        counts = {ours: Counter[str]() for ours in names}
        wanted = tuple(dict.fromkeys([*names["kind"], *names["disposal"]]))
        rows = 0
        if not wanted:
            return counts["kind"], counts["disposal"], 0
        try:
            for batch in self._batches(wanted, ROWS_COUNTED):
                rows += batch.rows
                for ours, theirs in names.items():
                    for name in theirs:
                        values = pc.value_counts(pc.utf8_trim_whitespace(batch.columns[name]))
                        for entry in values.to_pylist():
                            counts[ours][entry["values"]] += entry["counts"]
        except FileRefused as why:
            self.unreadable = True
            self.problems.append(f"the file would not be read: {why}")
        return counts["kind"], counts["disposal"], rows

    def _read(self, mapping: Mapping) -> None:
        try:
            for batch, outcome in self._accepted(mapping):
                self._take(batch, outcome, mapping)
        except IdentityFound as found:
            self.problems.append(
                f"the column {found.column!r} is full of {found.holds}, and nothing of the sort is taken:"
                " choose another column, or none"
            )
        except FileRefused as why:
            self.problems.append(f"the file would not be read: {why}")

    def _accepted(self, mapping: Mapping) -> Iterator[tuple[RowBatch, Accepted]]:
        for source in open_file(self.file, mapping.wanted(), mapping.file).sources:
            for work in source.work:
                if self.rows >= ROWS_CHECKED:
                    self.whole = False
                    return
                batch = work()
                yield batch, accept(batch, mapping, source.name, typed=source.typed)

    def _batches(self, wanted: tuple[str, ...], most: int) -> Iterator[RowBatch]:
        rules = self.mapping.file if self.mapping is not None else FileRules()
        rows = 0
        for source in open_file(self.file, wanted, rules).sources:
            for work in source.work:
                if rows >= most:
                    return
                batch = work()
                rows += batch.rows
                yield batch

    def _take(self, batch: RowBatch, outcome: Accepted, mapping: Mapping) -> None:
        self.rows += batch.rows
        self.refused += outcome.quarantine.num_rows
        self.notes.update(outcome.notes)
        if len(self.first) < SHOWN:
            self.first += first_rows(batch, outcome, mapping, SHOWN - len(self.first))
        for row in outcome.quarantine.select(["line", "column", "value", "reason"]).to_pylist():
            key = (row["column"] or "", row["reason"])
            self.reasons[key] += 1
            self.examples.setdefault(key, {"line": row["line"], "value": row["value"] or ""})
        taken = outcome.taken
        if mapping.kind.has("outcome"):
            self.with_outcome += pc.sum(pc.not_equal(taken["outcome"], "unknown")).as_py() or 0
        if mapping.kind.has("protected"):
            self.protected += pc.sum(taken["protected"]).as_py() or 0
            self.own += pc.sum(taken["own_activity"]).as_py() or 0
        if mapping.kind.has("larger_area"):
            for entry in pc.value_counts(taken["larger_area"].drop_null()).to_pylist():
                self.areas[entry["values"]] += entry["counts"]
        written = [name for name in mapping.kind.reading("text") if name in mapping.columns]
        if written:
            texts = together([taken[name].combine_chunks() for name in written])
            named = naming(texts)
            self.texts_named += pc.sum(named).as_py() or 0
            if len(self.named) < TEXTS_SHOWN:
                self.named += [
                    one[:_LONGEST_TEXT] for one in texts.filter(named).slice(0, TEXTS_SHOWN).to_pylist()
                ]
            self.texts += [one[:_LONGEST_TEXT] for one in texts.to_pylist()]


def _names(given: Any) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given or ())


if __name__ == "__main__":
    sys.exit(main())
