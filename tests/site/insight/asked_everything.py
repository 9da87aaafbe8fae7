"""Whatever a community role can ask of counts, asked through the real pages, files and the API."""

from __future__ import annotations

import csv
import html
import io
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client
from people_factory import make_colleague, make_organisation, make_program, signed_in

from lippen.site.insight.views.counts import quarter as in_words
from lippen.workspace import Workspace
from small_log import Cell

Filter = tuple[str, str, str]
"""Larger area, quarter (its first day, written) and kind; "" for every one."""


def lay(workspace: Workspace) -> None:
    """Make a copy of this workspace's lake the one of the site under test."""
    here: Path = settings.CONFIGURATION.workspace
    shutil.rmtree(here / "lake", ignore_errors=True)
    shutil.copytree(workspace.lake, here / "lake")
    shutil.copy(workspace.directory / "lippen.toml", here / "lippen.toml")


def clear() -> None:
    """Leave the site under test without a lake."""
    here: Path = settings.CONFIGURATION.workspace
    shutil.rmtree(here / "lake", ignore_errors=True)
    (here / "lippen.toml").unlink(missing_ok=True)


@dataclass(frozen=True)
class Answer:
    """One answer, as it came. `told` are the counts in it: which cells a figure is the sum of, by the limits
    that it stands under, and the figure.
    """

    way: str
    limits: Filter
    status: int
    body: str
    told: tuple[tuple[Filter, int], ...] = field(default=())


class Community:
    """An analyst of a community group, who may take counts out, and a program of the group."""

    def __init__(self) -> None:
        self.group = make_organisation("community-group")
        self.analyst = make_colleague(self.group, "analyst")
        self.client = signed_in(self.analyst)
        self.program = make_program(self.group, "published-tables", "analyst")

    def everything(self, wards: list[str], quarters: list[date], kinds: list[str]) -> list[Answer]:
        """Every combination of limits, by every way."""
        limits = list(product(["", *wards], ["", *(one.isoformat() for one in quarters)], ["", *kinds]))
        return [answer for one in limits for answer in self._answers(one)]

    def _answers(self, limits: Filter) -> Iterator[Answer]:
        ward, first, kind = limits
        asked = {"larger": ward, "quarter": first, "kind": kind}
        query = urlencode({name: value for name, value in asked.items() if value})
        for sort in ("", "&sort=incidents&page=2&order=desc") if ward == "" else ("",):
            page = self.client.get(f"/incidents/?{query}{sort}")
            assert page.status_code in (200, 400)
            text = _main(page.content.decode())
            yield Answer(f"page{sort}", limits, page.status_code, text, _on_page(text, limits))
        file = self.client.get(f"/incidents/counts.csv?{query}")
        body = file.getvalue().decode()
        body = _main(body) if "<main" in body else body
        yield Answer("csv", limits, file.status_code, body, _in_file(body, file.status_code))
        asked["larger_area"] = asked.pop("larger")
        query = urlencode({name: value for name, value in asked.items() if value})
        files = ("counts/export.csv", "counts/export.jsonl") if kind == "" else ()
        for address in ("counts", *files):
            answer = Client().get(f"/api/v1/{address}?{query}", headers=self.program.headers)
            assert answer.status_code in (200, 404)
            told: tuple[tuple[Filter, int], ...] = ()
            if answer.status_code == 200 and address == "counts":
                told = _in_json(answer.json(), limits)
            yield Answer(address, limits, answer.status_code, answer.getvalue().decode(), told)


def _main(body: str) -> str:
    """What of a page is about what was asked: without the form, which says again what was."""
    return re.sub(r'value="[^"]*" selected', "", body.split("<main")[1].split("</main>", maxsplit=1)[0])


def _rows(body: str, caption: str) -> list[list[str]]:
    if f"<caption>{caption}</caption>" not in body:
        return []
    part = body.split(f"<caption>{caption}</caption>")[1].split("</table>", maxsplit=1)[0]
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", part.split("<tbody")[1], re.S)
    return [[html.unescape(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)] for row in rows]


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def _on_page(body: str, limits: Filter) -> tuple[tuple[Filter, int], ...]:
    ward, first, kind = limits
    days = {in_words(date(year, month, 1)): date(year, month, 1).isoformat()
            for year in (2024, 2025, 2026) for month in (1, 4, 7, 10)}  # fmt: skip
    found: list[tuple[Filter, int]] = []
    if total := re.search(r"At least <strong>([\d,]+)</strong>", body):
        found.append((limits, _number(total[1])))
    found += [
        ((name, first, kind), _number(n)) for name, n in _rows(body, "By larger area, in order of name")
    ]
    found += [((ward, first, name), _number(n)) for name, n in _rows(body, "By kind, in order of name")]
    found += [((ward, days[name], kind), _number(n)) for name, n in _rows(body, "By quarter")]
    found += [((area, days[when], name), _number(n)) for area, when, name, n in _rows(body, "Counts")]
    return tuple(found)


def _in_file(body: str, status: int) -> tuple[tuple[Filter, int], ...]:
    if status != 200:
        return ()
    rows = csv.DictReader(io.StringIO(body))
    return tuple(((one["larger_area"], one["quarter"], one["kind"]), int(one["incidents"])) for one in rows)


def _in_json(told: dict[str, Any], limits: Filter) -> tuple[tuple[Filter, int], ...]:
    whole = [] if told["at_least"] is None else [(limits, told["at_least"])]
    cells = [((one["larger_area"], one["quarter"], one["kind"]), one["incidents"]) for one in told["counts"]]
    return (*whole, *cells)


def within(cell: Cell, limits: Filter) -> bool:
    """Whether a cell lies under these limits."""
    ward, first, kind = cell
    return all(
        limit in ("", value) for limit, value in zip(limits, (ward, first.isoformat(), kind), strict=True)
    )
