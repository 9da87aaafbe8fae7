"""A nation's year in the site: brought in on its pages while 50 people read, and then read by them.

No peer does this. The incidents are a made-up nation's, with texts, uploaded as one Parquet file by a
fictional analyst of `lippen demo`.
"""

from __future__ import annotations

import re
import secrets
import shutil
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from html import unescape
from itertools import cycle, islice
from pathlib import Path
from statistics import median, quantiles
from typing import Final
from urllib.parse import urlencode

import pyarrow.dataset as ds
import pyarrow.parquet as pq

from benchmarks.report import Finding, Row
from benchmarks.site_pages import PACED_S, READERS, SECONDS_BETWEEN, Browser, opened_demo, paced, saturated
from lippen.sandbox import write_sandbox
from lippen.site.operation.demo_people import BROUGHT_IN_BY, PEOPLE

DAYS: Final = 365
SEED: Final = 1
WORKERS_ARE: Final = b"spawn_main"
"""What stands in the command of a process that answers pages."""

MANY_A_WEEK: Final = 5_000
"""A town's page of incidents tells of fewer in a usual week, and a nation's of more."""

ANALYST: Final = next(one.word for one in PEOPLE if one.name == BROUGHT_IN_BY)


@dataclass(frozen=True)
class Measured:
    """One site, once: incidents, seconds until a page showed results of theirs and until the import had
    ended, pages while it ran and after it (milliseconds at the median and the 95th percentile), pages a
    second when all ask at once, the largest worker in MiB, and how many pages failed.
    """

    incidents: int
    results_s: float
    import_s: float
    p95_meanwhile_ms: float
    median_ms: float
    p95_ms: float
    pages_a_second: float
    worker_mib: float
    failed: int


def run(repeats: int) -> Finding:
    """Bring the year in and read it, on SQLite and on PostgreSQL."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="lippen-nation-") as folder:
        export = nation_export(Path(folder))
        for database in ("SQLite", "PostgreSQL"):
            found = [measure(database, export) for _ in range(repeats)]
            rows.append(
                {
                    "database": database,
                    "incidents": found[0].incidents,
                    "first results, s": median(one.results_s for one in found),
                    "import, s": median(one.import_s for one in found),
                    "p95 meanwhile, ms": median(one.p95_meanwhile_ms for one in found),
                    "median, ms": median(one.median_ms for one in found),
                    "p95, ms": median(one.p95_ms for one in found),
                    "pages a second, all at once": median(one.pages_a_second for one in found),
                    "largest worker, MiB": max(one.worker_mib for one in found),
                    "failed": sum(one.failed for one in found),
                }
            )
    return Finding(
        title="A nation's year in the site, with 50 people at once",
        what=f"A made-up nation's {DAYS} days with texts (`write_sandbox`, seed {SEED}) go up in one file to "
        f"`lippen demo` and is brought in while {READERS} people read. Afterwards they open today, incidents "
        "under limits of their own, episodes, method and search: one page each "
        f"{SECONDS_BETWEEN:.0f} seconds for a minute, then as fast as they come. Half of them act for the "
        "organisation that holds the incidents. What they are shown is entered in the register.",
        columns={
            "database": "",
            "incidents": ",.0f",
            "first results, s": ",.0f",
            "import, s": ",.0f",
            "p95 meanwhile, ms": ",.0f",
            "median, ms": ",.0f",
            "p95, ms": ",.0f",
            "pages a second, all at once": ",.0f",
            "largest worker, MiB": ",.0f",
            "failed": ",.0f",
        },
        rows=rows,
        repeats=repeats,
        packages=["lippen", "django", "granian", "duckdb"],
        notes=[
            "The budget: the first results within 90 s, 95 in 100 pages within 60 ms after it, at least 100 "
            "pages a second when all ask at once and none failed, a worker within 350 MiB. The import runs "
            "from the button. First the page of incidents and those of episodes show what was found; the "
            "words of the texts are made searchable after that.",
            "The browsers run on the same two cores as the site, so the site has less than both.",
        ],
    )


def nation_export(folder: Path) -> Path:
    """A nation's year of closed incidents as one Parquet file."""
    made = folder / "nation"
    write_sandbox(made, "nation", DAYS, SEED)
    parts = sorted((made / "streams" / "incident").glob("*.parquet"))
    export = folder / "nation.parquet"
    pq.write_table(ds.dataset(parts, format="parquet").to_table(), export)
    shutil.rmtree(made)
    return export


def measure(database: str, export: Path) -> Measured:
    """Open a demo, bring the export in, and let people at it."""
    with opened_demo(database) as (site, _):
        analyst = Browser(ANALYST, ())
        readers = [Browser(word, ("/", "/incidents/", "/people/")) for word in _words()]
        meanwhile: list[float] = []
        importing = threading.Event()

        def read() -> None:
            while importing.is_set():
                meanwhile.extend(paced(readers, SECONDS_BETWEEN)[0])

        address = _uploaded(analyst, export)
        importing.set()
        reading = threading.Thread(target=read)
        reading.start()
        try:
            results_s, import_s, incidents = _brought_in(analyst, address)
        finally:
            importing.clear()
            reading.join()
        pages = _limits_of(analyst, export)
        people = [Browser(word, [*islice(pages, 6), *COMMON]) for word in _words()]
        took, failed = paced(people, PACED_S)
        rate, more_failed = saturated(people)
        worker_mib = _largest_worker(site)
    measured = Measured(
        incidents,
        results_s,
        import_s,
        quantiles(meanwhile, n=20)[-1],
        median(took),
        quantiles(took, n=20)[-1],
        rate,
        worker_mib,
        failed + more_failed,
    )
    print(f"  {database}: {measured}", file=sys.stderr, flush=True)
    return measured


COMMON: Final = (
    "/today/",
    "/incidents/",
    "/episodes/",
    "/method/",
    "/search/?q=noise",
    "/search/?q=distrubance",
)


def _words() -> list[str]:
    """Half of the readers hold the incidents, the others are everybody else in turn."""
    others = [one.word for one in PEOPLE if one.word != ANALYST]
    return [ANALYST] * (READERS // 2) + list(islice(cycle(others), READERS - READERS // 2))


def _uploaded(analyst: Browser, export: Path) -> str:
    """Upload an export, let its columns be looked at, and give the address of its import."""
    boundary = secrets.token_hex(16)
    parts = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n'
        f"{analyst.token}\r\n"
        f'--{boundary}\r\nContent-Disposition: form-data; name="exports"; filename="nation.parquet"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    body = parts.encode() + export.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
    status = analyst.ask("POST", "/imports/new/", body, f"multipart/form-data; boundary={boundary}")
    if status != 302:
        raise RuntimeError(f"the upload was answered with {status}")
    columns: str = analyst.headers["Location"]
    if analyst.ask("GET", columns) != 200:
        raise RuntimeError("the columns were not shown")
    return columns.removesuffix("columns/")


def _brought_in(analyst: Browser, address: str) -> tuple[float, float, int]:
    """Seconds from the button until the incidents' page shows what was found in them, and until the import's
    page says that all of it is done; and how many incidents came.
    """
    analyst.ask("GET", f"{address}start/")
    shown = re.search(r'name="shown" value="([^"]+)"', analyst.body.decode())
    if shown is None:
        raise RuntimeError("the sample of texts was not shown: " + _plain(analyst.body))
    begun = time.perf_counter()
    if analyst.send(f"{address}start/", {"texts": "nobody", "cut": "on", "shown": shown[1]}) != 302:
        raise RuntimeError("the import was not begun: " + _plain(analyst.body))
    first_results: float | None = None
    while analyst.ask("GET", address) == 200 and "Refresh" in analyst.headers:
        if first_results is None and _usual_week(analyst) > MANY_A_WEEK:
            first_results = time.perf_counter() - begun
        time.sleep(0.5)
    took = time.perf_counter() - begun
    came = re.search(r"([\d,]+) in\b", _plain(analyst.body))
    if came is None:
        raise RuntimeError("the import was not made: " + _plain(analyst.body))
    return first_results or took, took, int(came[1].replace(",", ""))


def _limits_of(analyst: Browser, export: Path) -> cycle[str]:
    """Addresses of the page of incidents under every kind that it offers and every larger area there is."""
    if _usual_week(analyst) <= MANY_A_WEEK:
        raise RuntimeError("the page of incidents does not tell of a nation")
    options = re.search(r'<select name="kind".*?</select>', analyst.body.decode(), re.S)
    kinds = map(unescape, re.findall(r'<option value="([^"]+)"', options[0] if options else ""))
    wards = pq.read_table(export, columns=["Ward"])["Ward"].unique().to_pylist()
    limits = [*({"kind": one} for one in kinds), *({"larger": one} for one in wards)]
    return cycle([f"/incidents/?{urlencode(one)}" for one in limits])


def _usual_week(analyst: Browser) -> int:
    """How many incidents the page of incidents says a usual week has."""
    analyst.ask("GET", "/incidents/")
    said = re.search(r"A usual week has about ([\d,]+)", _plain(analyst.body))
    return int(said[1].replace(",", "")) if said else 0


def _plain(page: bytes) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.decode()))


def _largest_worker(site: int) -> float:
    """The most memory that a process answering pages has held, in MiB, as the system counts it."""
    most = 0.0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            status = (process / "status").read_text()
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        parent, peak = re.search(r"PPid:\s+(\d+)", status), re.search(r"VmHWM:\s+(\d+)", status)
        if parent and peak and int(parent[1]) == site and WORKERS_ARE in command:
            most = max(most, int(peak[1]) / 1024)
    return most
