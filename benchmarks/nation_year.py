"""A nation's year of incidents, grown from a real city's months by drawing whole weeks again and again.

Each of the 52 weeks is made of three real weeks, drawn by lot, from which rows are left out until the number
asked for is there. Kinds, hours, places and outcomes therefore hang together as they really do; times and
places are moved a little, so that no incident is there twice. Real texts are withheld, so each row gets a
made-up one that suits its kind.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from benchmarks.call_text import FAMILY_NAMES, call_texts

WEEK_S: Final = 7 * 86_400
WEEKS: Final = 52
DRAWN: Final = 3
"""Real weeks that a week of the year is made of."""

WEEKS_A_FILE: Final = 4
FIRST_DAY: Final = np.datetime64("2018-01-01T00:00:00")
"""A Monday. The hour that is not there when the clocks go forward in Chicago comes ten weeks later."""

MISSING_HOUR: Final = np.datetime64("2018-03-11T02", "h")
MOVED_S: Final = 20 * 60
MOVED_DEGREES: Final = 0.002
"""Standard deviations of the moves: 20 minutes, and some 200 m, a fifth of a cell of the mapping's grid."""

BOX: Final = {"lat": (42.8, 43.3), "lon": (-88.2, -87.8)}
"""The mapping refuses what lies outside."""

FAMILY_OF_WORD: Final = {
    "THEFT": "theft", "ENTRY": "theft", "ROBBERY": "theft", "STOLEN": "theft", "SHOPLIFTER": "theft",
    "FRAUD": "theft", "DAMAGE": "damage", "DAM": "damage", "GRAFFITI": "damage", "ACC": "vehicle",
    "VEHICLE": "vehicle", "TRAFFIC": "vehicle", "PARKING": "vehicle", "DUI": "vehicle", "AUTO": "vehicle",
    "ALARM": "alarm", "NOISE": "noise", "LOUD": "noise", "MUSIC": "noise", "WELFARE": "welfare",
    "INJ": "welfare", "SICK": "welfare", "MED": "welfare", "SUSP": "suspicious", "SUBJ": "suspicious",
    "TRBL": "disorder", "FIGHT": "disorder", "BATTERY": "disorder", "SHOTS": "disorder",
}  # fmt: skip


@dataclass(frozen=True)
class Year:
    """A folder with the year as a control room would export it, and the mapping that reads it."""

    folder: Path
    mapping: Path
    incidents: int
    distinct_texts: int


def write_year(source: Path, mapping: Path, into: Path, incidents: int, seed: int) -> Year:
    """Write `into/export/*.csv` and `into/mapping.toml`. The same seed gives the same bytes.

    `source` is the export of Milwaukee's calls, `mapping` the one that reads it. Raises ValueError when the
    source holds too few whole weeks, or weeks too quiet for so many incidents.
    """
    rng = np.random.default_rng(seed)
    calls = pa.csv.read_csv(
        source,
        convert_options=pa.csv.ConvertOptions(column_types=_all_text(source), strings_can_be_null=False),
    )
    week, offset = _by_week(calls["call_time"])
    rows_of = [np.flatnonzero(week == number) for number in range(int(week.max(initial=-1)) + 1)]
    if len(rows_of) < DRAWN:
        raise ValueError(f"{len(rows_of)} whole weeks in {source.name}: there must be {DRAWN} or more")
    rows, seconds = [], []
    for number in range(WEEKS):
        wanted = incidents * (number + 1) // WEEKS - incidents * number // WEEKS
        drawn = np.concatenate([rows_of[one] for one in rng.choice(len(rows_of), DRAWN, replace=False)])
        if len(drawn) < wanted:
            raise ValueError(f"{len(drawn)} incidents in {DRAWN} weeks: too few for {incidents} in a year")
        chosen = rng.choice(drawn, wanted, replace=False)
        moved = np.rint(rng.normal(0, MOVED_S, wanted)).astype(np.int64)
        at = number * WEEK_S + (offset[chosen] + moved) % WEEK_S
        order = np.argsort(at, kind="stable")
        rows.append(chosen[order])
        seconds.append(at[order])
    second = np.concatenate(seconds)
    year = calls.take(pa.array(np.concatenate(rows)))
    notes = call_texts(_families(year["nature_first"]), seed)
    year = year.set_column(0, "call_id", _ids(len(second)))
    year = year.set_column(1, "call_time", _local_times(second))
    for axis, (least, most) in BOX.items():
        year = year.set_column(year.schema.get_field_index(axis), axis, _moved(year[axis], least, most, rng))
    year = year.append_column("notes", notes)
    export = into / "export"
    export.mkdir(parents=True)
    for begin in range(0, WEEKS, WEEKS_A_FILE):
        first, last = np.searchsorted(second, [begin * WEEK_S, (begin + WEEKS_A_FILE) * WEEK_S])
        day = str((FIRST_DAY + begin * WEEK_S).astype("datetime64[D]"))
        pa.csv.write_csv(year.slice(first, last - first), export / f"calls_{day}.csv")
    text = mapping.read_text("utf-8").replace("[columns]\n", '[columns]\ntext = "notes"\n', 1)
    (into / "mapping.toml").write_text(text, "utf-8")
    return Year(export, into / "mapping.toml", len(second), len(pc.unique(notes)))


def _all_text(source: Path) -> dict[str, pa.DataType]:
    with pa.csv.open_csv(source) as first:
        return dict.fromkeys(first.schema.names, pa.string())


def _by_week(call_time: pa.ChunkedArray) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Each call's whole week, Monday to Sunday (-1 in a broken one at either end), and its second in it."""
    at = pc.strptime(call_time, "%Y-%m-%d %H:%M:%S", "s").to_numpy().astype(np.int64)
    since_monday = at + 3 * 86_400  # 1 January 1970 was a Thursday
    week, offset = np.divmod(since_monday, WEEK_S)
    first = -(-int(since_monday.min()) // WEEK_S)
    past = int(since_monday.max() + 1) // WEEK_S
    return np.where((week >= first) & (week < past), week - first, -1), offset


def _families(kinds: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    """The family of notes for each kind: by a word in its name, or the same one for all of that kind."""
    coded = kinds.combine_chunks().dictionary_encode()
    family = []
    for kind in coded.dictionary.to_pylist():
        known = [FAMILY_OF_WORD[word] for word in kind.replace("/", " ").split() if word in FAMILY_OF_WORD]
        name = known[0] if known else FAMILY_NAMES[zlib.crc32(kind.encode()) % len(FAMILY_NAMES)]
        family.append(FAMILY_NAMES.index(name))
    return np.array(family, np.int64)[coded.indices.to_numpy()]


def _ids(rows: int) -> pa.Array:
    """One of 12 hexadecimal digits for each row, no two alike: an odd factor moves no two to one place."""
    numbers = (np.arange(rows, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)) & np.uint64(2**48 - 1)
    return pa.array([f"{number:012x}" for number in numbers.tolist()])


def _local_times(second: npt.NDArray[np.int64]) -> pa.Array:
    at = FIRST_DAY + second.astype("timedelta64[s]")
    at = np.where(at.astype("datetime64[h]") == MISSING_HOUR, at + np.timedelta64(3600, "s"), at)
    return pc.strftime(pa.array(at), "%Y-%m-%d %H:%M:%S")


def _moved(degrees: pa.ChunkedArray, least: float, most: float, rng: np.random.Generator) -> pa.Array:
    """The coordinate moved a little, to a thousandth of a degree as the source gives it; none stays none."""
    known = pc.not_equal(degrees, "")
    value = pc.cast(pc.if_else(known, degrees, None), pa.float64()).to_numpy()
    value = np.clip(value + rng.normal(0, MOVED_DEGREES, len(value)), least, most)
    written = pc.cast(pa.array(np.rint(value * 1000) / 1000, from_pandas=True), pa.string())
    return pc.fill_null(written, "")
