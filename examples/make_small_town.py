"""Make `examples/small-town`: a year of closed incidents of Invermarrow, a burgh that does not exist.

    python examples/make_small_town.py [FOLDER]

Nobody and no place in it is real, and its coordinates lie in the open sea (`small_town.toml`). It is shaped
like the exports that control rooms give: three files of three formats with the same odd headers, times as
dd/mm/yyyy on a local clock that goes forward and back, codes instead of words, a title row above the table,
rows sent twice and some thirty rows that cannot be read.

Two episodes are planted in its last month and written down in `small_town_truth.json`, beside the folder and
not in it: near-copies called in from all over Carsemuir while houses are broken into in Gowanlaw, and
suspicious vehicles all over Whinhaugh in words of their own while nothing happens elsewhere. Bursts with a
good reason are in it too (a fire that a whole street saw, a storm that set off alarms).

The same bytes come out every time: the only random source is `random.random`, seeded.
"""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import random
import sys
import tomllib
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

SEED = 20251031
FIRST_DAY = dt.date(2024, 11, 1)
DAYS = 365
HEADERS = (
    "Log Ref", "Opening Code", "Date Received", "Time Received", "First Unit Sent", "First Unit At Scene",
    "Last Unit Clear", "Closed", "Grade", "Street", "Data Zone", "Ward", "Lat", "Long", "Log Text",
    "Disposal", "No. Of Units",
)  # fmt: skip
TOWN = tomllib.loads((Path(__file__).parent / "small_town.toml").read_text("utf-8"))
WARDS = {ward["name"]: ward for ward in TOWN["ward"]}
KINDS = {kind["name"]: kind for kind in TOWN["kind"]}
STREETS = ("Loan", "Wynd", "Row", "Road", "Crescent", "Vennel")
FOUND = ("CR CRIME RECORDED", "AD ADVICE GIVEN", "RP REPORT SUBMITTED", "DP DISPERSED ON ARRIVAL")
NOTHING = ("NT NO TRACE", "NT NO TRACE", "NF NOTHING FOUND ON ARRIVAL", "FG FALSE ALARM GOOD INTENT")
NOT_KNOWN = ("NA NOT ATTENDED", "DU DUPLICATE OF EARLIER LOG")
CALLED_BY_NOBODY = ("INTRUDER ALARM", "DIRECTED PATROL")
LEADS = ("", "caller reports ", "passer-by says ", "report of ", "shop staff say ")

# What goes wrong in exports: each is laid over a copy of an ordinary row.
CSV_FAULTS = (
    {"Date Received": "30/02/2025"}, {"Time Received": "25:61:00"}, {"Opening Code": ""}, {"Lat": "5.62"},
    {"Date Received": ""}, {"Lat": "-1.8200", "Long": "56.2000"}, {"Date Received": "31/11/2024"},
    {"Date Received": "Tuesday"}, {"Long": "181.0"}, {"Time Received": "half nine"}, {"Lat": "north"},
    {"Date Received": "30/03/2025", "Time Received": "01:30:00"}, {"Date Received": "01/01/1890"},
)  # fmt: skip
EXCEL_FAULTS = (
    {"Date Received": "n/k"}, {"Opening Code": ""}, {"Lat": "91.0"}, {"Date Received": "00/00/0000"},
    {"Time Received": "24:10:00"}, {"Long": "west"}, {"Date Received": "29/02/2025"}, {"Date Received": ""},
)  # fmt: skip
JSON_FAULTS = (
    {"Date Received": "2025"}, {"Opening Code": ""}, {"Date Received": "32/10/2025"}, {"Lat": "-56.2"},
    {"Time Received": "9pm"}, {"Date Received": ""}, {"Date Received": "31/09/2025"},
)  # fmt: skip

Row = dict[str, Any]


class Town:
    """Draws incidents one after the other. Every choice comes from one seeded stream."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed).random
        self._areas = self._lay_out()

    def chance(self, probability: float) -> bool:
        return self._random() < probability

    def below(self, number: int) -> int:
        return int(self._random() * number)

    def one(self, choices: Sequence[Any]) -> Any:
        return choices[self.below(len(choices))]

    def weighed(self, weights: Sequence[int]) -> int:
        left = self._random() * sum(weights)
        for index, weight in enumerate(weights):
            left -= weight
            if left < 0:
                return index
        return len(weights) - 1

    @staticmethod
    def _lay_out() -> dict[str, list[tuple[str, float, float]]]:
        """Small areas of each ward, a block of squares of about 700 m: code and south-west corner."""
        areas: dict[str, list[tuple[str, float, float]]] = {}
        number = 0
        for name, ward in WARDS.items():
            south, west = ward["south_west"]
            areas[name] = []
            for index in range(ward["areas"]):
                number += 1
                corner = (south + 0.006 * (index % 2), west + 0.011 * (index // 2))
                areas[name].append((f"X01{number:06d}", *corner))
        return areas

    def place(self, ward: str, area: int | None = None) -> Row:
        """A block in a ward. Its coordinates are those of the block, not of a door."""
        index = self.below(len(self._areas[ward])) if area is None else area
        code, south, west = self._areas[ward][index]
        names = WARDS[ward]["streets"]
        block = self.below(12)
        street = STREETS[(index + block // 2) % len(STREETS)]
        return {
            "Street": f"{names[index % len(names)]} {street}, {100 * (1 + block % 4)} block",
            "Data Zone": code,
            "Ward": ward,
            "Lat": f"{south + 0.0005 * block + 0.0001 * (index % 3):.4f}",
            "Long": f"{west + 0.0008 * ((block * 5) % 12):.4f}",
        }

    def text(self, kind: str) -> str:
        if self.chance(0.2):
            return ""
        first, second, third = (self.one(part) for part in KINDS[kind]["texts"])
        lead = "" if kind in CALLED_BY_NOBODY else self.one(LEADS)
        words = f"{lead}{first} {second}" if lead else f"{first.capitalize()} {second}"
        return f"{words}, {third}" if self.chance(0.8) else words

    def incident(self, kind: str, at: dt.datetime, where: Row, nothing: float, text: str = "") -> Row:
        """One closed incident reported at `at` (UTC); `nothing` is the chance that nothing is found."""
        grade = KINDS[kind]["grade"]
        row: Row = {"at": at, "Opening Code": kind, "Grade": grade, **where}
        if self.chance(0.06):
            row["Disposal"] = self.one(NOT_KNOWN)
        else:
            row["Disposal"] = self.one(NOTHING if self.chance(nothing) else FOUND)
        row["Log Text"] = text or self.text(kind)
        if row["Disposal"] not in NOT_KNOWN and self.chance(0.85):
            sent = at + dt.timedelta(minutes=1 + self.below(12 if grade in "12" else 45))
            scene = sent + dt.timedelta(minutes=3 + self.below(16))
            clear = scene + dt.timedelta(minutes=8 + self.below(25 if row["Disposal"] in NOTHING else 70))
            row |= {"First Unit Sent": sent, "First Unit At Scene": scene, "Last Unit Clear": clear}
            row["No. Of Units"] = 1 + self.below(3 if grade in "12" else 2)
        row["Closed"] = row.get("Last Unit Clear", at) + dt.timedelta(minutes=2 + self.below(30))
        return row

    def ordinary_day(self, day: dt.date) -> list[Row]:
        kinds, wards = list(KINDS), list(WARDS)
        rows = []
        for _ in range((28 if day.weekday() >= 4 else 24) + self.below(13)):
            kind = kinds[self.weighed([KINDS[name]["weight"] for name in kinds])]
            ward = wards[self.weighed([WARDS[name]["weight"] for name in wards])]
            hour = 4 * self.weighed(KINDS[kind]["parts"]) + self.below(4)
            at = dt.datetime.combine(day, dt.time(hour, self.below(60), self.below(60)))
            nothing = KINDS[kind]["unfounded"]
            if nothing:
                nothing += WARDS[ward]["unfounded"] + (0.08 if hour in (22, 23, 0, 1, 2) else 0.0)
            rows.append(self.incident(kind, at, self.place(ward), nothing))
        return rows

    def seen_by_many(self, day: dt.date, hour: int, kind: str, ward: str, calls: int) -> list[Row]:
        """One real event that several people reported within a quarter of an hour, and that was found."""
        area = self.below(len(self._areas[ward]))
        start = dt.datetime.combine(day, dt.time(hour, self.below(45)))
        rows = []
        for _ in range(calls):
            at = start + dt.timedelta(seconds=self.below(900))
            rows.append(self.incident(kind, at, self.place(ward, area), 0.05))
        return rows

    def storm(self, day: dt.date) -> list[Row]:
        """Wind sets off alarms all over the town for four hours."""
        start = dt.datetime.combine(day, dt.time(1, 0))
        rows = []
        for _ in range(26):
            at = start + dt.timedelta(minutes=self.below(240))
            rows.append(self.incident("INTRUDER ALARM", at, self.place(self.one(list(WARDS))), 0.9))
        return rows

    def copied_episode(self) -> tuple[list[Row], list[Row]]:
        """Ten near-copies in 75 minutes all over Carsemuir, and four houses broken into in Gowanlaw."""
        start = dt.datetime(2025, 10, 9, 21, 10)
        crowd = ("about fifteen", "around fifteen", "maybe fifteen", "fifteen or so")
        weapons = ("with sticks and bottles", "with sticks and bottles", "with bottles and sticks")
        ends = ("fighting in the street", "fighting on the street", "fighting in the street now")
        rows = []
        for number in range(10):
            what = f"{self.one(crowd)}, {self.one(weapons)}, {self.one(ends)}"
            at = start + dt.timedelta(minutes=int(7.5 * number) + self.below(6), seconds=self.below(60))
            text = f"Large group of men, {what}, send someone"
            rows.append(self.incident("DISTURBANCE", at, self.place("Carsemuir", number % 5), 1.0, text))
            rows[-1]["Disposal"] = self.one(NOTHING)
        elsewhere = []
        for minutes in (31, 47, 62, 83):
            at = start + dt.timedelta(minutes=minutes)
            elsewhere.append(self.incident("HOUSEBREAKING", at, self.place("Gowanlaw", minutes % 5), 0.0))
        return rows, elsewhere

    def varied_episode(self) -> list[Row]:
        """Nine suspicious vehicles in an hour all over Whinhaugh before dawn, each in other words."""
        start = dt.datetime(2025, 10, 22, 3, 20)
        rows = []
        for number in range(9):
            at = start + dt.timedelta(minutes=int(6.5 * number) + self.below(5), seconds=self.below(60))
            rows.append(self.incident("SUSPICIOUS VEHICLE", at, self.place("Whinhaugh", number % 5), 1.0))
        for row in rows[:8]:
            row["Disposal"] = self.one(NOTHING)
        return rows


def build(seed: int = SEED) -> tuple[list[Row], dict[str, list[Row]]]:
    """The year's rows in order of time, and the planted ones by episode."""
    town = Town(seed)
    rows = [row for day in range(DAYS) for row in town.ordinary_day(FIRST_DAY + dt.timedelta(days=day))]
    for day, hour, kind, ward, calls in (
        (30, 19, "FIRE RAISING", "Lintbrae", 5), (75, 17, "ROAD COLLISION", "Kirkgait and Millgait", 6),
        (140, 21, "DISTURBANCE", "Whinhaugh", 5), (210, 20, "FIRE RAISING", "Carsemuir", 7),
        (255, 16, "ROAD COLLISION", "Landward", 4), (300, 23, "NOISE NUISANCE", "Marrowmouth", 6),
        (329, 20, "FIRE RAISING", "Gowanlaw", 6),
    ):  # fmt: skip
        rows += town.seen_by_many(FIRST_DAY + dt.timedelta(days=day), hour, kind, ward, calls)
    rows += town.storm(dt.date(2025, 1, 24)) + town.storm(dt.date(2025, 9, 14))
    copied, elsewhere = town.copied_episode()
    varied = town.varied_episode()
    rows = sorted([*rows, *copied, *elsewhere, *varied], key=lambda row: row["at"])
    for number, row in enumerate(rows, start=1):
        row["Log Ref"] = f"IM-{on_the_clock(row['at']):%y%m%d}-{number:05d}"
    return rows, {"copied": copied, "elsewhere_during_copied": elsewhere, "varied": varied}


def on_the_clock(at: dt.datetime) -> dt.datetime:
    """UTC as the clock on the wall shows it. The rule is written out, so that no zone database decides."""
    summer = dt.datetime(2025, 3, 30, 1) <= at < dt.datetime(2025, 10, 26, 1)
    return at + dt.timedelta(hours=1) if summer else at


def written(row: Row) -> dict[str, str]:
    """A row as the export writes it, every value as text."""
    times = {name: on_the_clock(value) for name, value in row.items() if isinstance(value, dt.datetime)}
    texts = {name: f"{value:%d/%m/%Y %H:%M:%S}" for name, value in times.items()}
    texts |= {"Date Received": f"{times['at']:%d/%m/%Y}", "Time Received": f"{times['at']:%H:%M:%S}"}
    return {name: texts[name] if name in texts else str(row.get(name, "")) for name in HEADERS}


def spoil(rows: list[dict[str, str]], step: int, faults: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """Add a spoiled copy of every `step`-th row, one for each fault, under references of their own."""
    spoiled = list(rows)
    for number, fault in enumerate(faults, start=1):
        source = rows[number * step]
        spoiled.insert(number * step + number, {**source, "Log Ref": source["Log Ref"] + "-B", **fault})
    return spoiled


def as_csv(rows: list[dict[str, str]]) -> bytes:
    """Semicolons, quotes only where needed, CRLF: what a spreadsheet in an office writes."""

    def cell(value: str) -> str:
        return '"' + value.replace('"', '""') + '"' if any(c in value for c in ';"\r\n') else value

    lines = [";".join(HEADERS)]
    lines += [";".join(cell(row[name]) for name in HEADERS) for row in rows]
    lines.insert(900, "IM-240000-00000;NOISE NUISANCE;01/12/2024")  # a line cut short in transit
    lines.insert(2400, ";".join(["IM-250000-00000", *["?"] * 24]))  # and one that another ran into
    return ("\r\n".join(lines) + "\r\n").encode()


def as_json_lines(rows: list[dict[str, str]]) -> bytes:
    """One object a line; empty values are left out, coordinates are numbers."""
    lines = []
    for row in rows:
        given: dict[str, Any] = {name: value for name, value in row.items() if value != ""}
        lines.append(json.dumps(given | {name: float(given[name]) for name in ("Lat", "Long")}))
    lines.insert(200, lines[200][: len(lines[200]) // 2])
    lines.insert(700, "-- export resumed --")
    return ("\n".join(lines) + "\n").encode()


def as_excel(rows: list[dict[str, str]], title: str) -> bytes:
    """A workbook with one sheet: a merged title row, an empty row, headers, then the table.

    Written out by hand because a library stamps its own version and the hour into the file.
    """

    def line(number: int, values: Sequence[str]) -> str:
        cells = []
        for column, value in enumerate(values):
            at = f'r="{chr(65 + column)}{number}"'
            if number > 3 and HEADERS[column] in ("Lat", "Long", "No. Of Units") and value[-1:].isdigit():
                cells.append(f"<c {at}><v>{value}</v></c>")
            elif value:
                cells.append(f'<c {at} t="inlineStr"><is><t>{escape(value)}</t></is></c>')
        return f'<row r="{number}">{"".join(cells)}</row>'

    table = [line(1, [title]), line(3, HEADERS)]
    table += [line(number, [row[name] for name in HEADERS]) for number, row in enumerate(rows, start=4)]
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in TOWN["workbook"].items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            archive.writestr(entry, text.replace("TABLE", "".join(table)), zipfile.ZIP_DEFLATED, 9)
    return made.getvalue()


def main(folder: Path) -> None:
    """Write the folder's three files, and the truth beside it."""
    rows, planted = build()
    texts = [written(row) for row in rows]
    summer = next(n for n, row in enumerate(rows) if row["at"] >= dt.datetime(2025, 7, 1))
    autumn = next(n for n, row in enumerate(rows) if row["at"] >= dt.datetime(2025, 10, 1))
    first = spoil(texts[:summer], 550, CSV_FAULTS)
    first += first[-6:]  # the last six rows were sent twice
    second = spoil(texts[summer:autumn], 300, EXCEL_FAULTS)
    third = spoil(texts[autumn:], 120, JSON_FAULTS)
    title = "Invermarrow control room: closed incidents, July to September 2025"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "closed_2024-11_to_2025-06.csv.gz").write_bytes(gzip.compress(as_csv(first), 9, mtime=0))
    (folder / "closed_2025-07_to_2025-09.xlsx").write_bytes(as_excel(second, title))
    (folder / "closed_2025-10.jsonl").write_bytes(as_json_lines(third))
    truth: dict[str, Any] = {name: [row["Log Ref"] for row in episode] for name, episode in planted.items()}
    truth |= {"rows": len(first) + len(second) + len(third) + 4, "incidents": len(rows)}
    beside = folder.with_name(folder.name.replace("-", "_") + "_truth.json")
    beside.write_text(json.dumps(truth, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "small-town")
