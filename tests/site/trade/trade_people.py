"""Who reads the room Trade in tests, and what tests ask of its pages and of the lake under them."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.test import Client
from people_factory import acting_as, make_colleague, make_organisation, signed_in

from lippen.manifest import Manifest
from lippen.site.accounts.acting import Acting
from lippen.site.insight.models import Holding
from lippen.site.register.models import Entry

PAGES = ("/trade/", "/trade/words/", "/trade/prices/", "/trade/channels/", "/trade/areas/")


class People:
    """The police, who hold the trade: two analysts and an officer. A housing association's worker and
    analyst, who hold none of it. `workspace` holds the lake.
    """

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace
        self.police = make_organisation("police", name="Invermarrow Police")
        self.housing = make_organisation("housing", name="Invermarrow Homes")
        self.ann = make_colleague(self.police, "analyst", name="Ann Orr")
        self.bob = make_colleague(self.police, "analyst", name="Bob Kerr")
        self.cat = make_colleague(self.police, "police-officer", name="Cat Muir")
        self.dod = make_colleague(self.housing, "worker", name="Dod Reid")
        self.eve = make_colleague(self.housing, "analyst", name="Eve Hogg")
        self.held_by("police")

    def held_by(self, name: str) -> None:
        """Let this organisation hold the trade from now on."""
        organisation = getattr(self, name)
        Holding.objects.update_or_create(pk="trade", defaults={"organisation": organisation.ref})

    def acting(self, name: str) -> Acting:
        return acting_as(getattr(self, name))

    def client(self, name: str) -> Client:
        return signed_in(getattr(self, name))


def told(client: Client, path: str) -> str:
    """What a page says, without its marks."""
    answer = client.get(path)
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    return words_of(answer.content)


def words_of(page: bytes) -> str:
    text = re.sub(r"<(script|style|title)\b.*?</\1>|<[^>]+>", " ", page.decode(), flags=re.S)
    return html.unescape(re.sub(r"\s+", " ", text))


def rows_of_tables(page: bytes) -> list[list[str]]:
    """Each row of each table of a page, cell by cell."""
    found = re.findall(r"<tr[^>]*>(<th[^>]*rowheader.*?)</tr>", page.decode(), re.S)
    cells = (re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in found)
    return [[" ".join(html.unescape(re.sub(r"<[^>]+>", "", one)).split()) for one in row] for row in cells]


def table(workspace: Path, name: str) -> list[dict[str, Any]]:
    """The rows of a result table of the site's lake."""
    lake = workspace / "lake"
    rows: list[dict[str, Any]] = pq.read_table(lake / Manifest.read(lake).results[name]).to_pylist()
    return rows


def facts(workspace: Path) -> dict[str, Any]:
    (row,) = table(workspace, "trade_facts")
    read: dict[str, Any] = json.loads(row["json"])
    return read


def alter(workspace: Path, changed: Mapping[str, Callable[[pa.Table], pa.Table]]) -> None:
    """Make the next state of the lake, in which these result tables are changed, as a reckoning does."""
    lake = workspace / "lake"
    manifest = json.loads((lake / "manifest.json").read_text())
    manifest["generation"] += 1
    for name, change in changed.items():
        rows = change(pq.read_table(lake / manifest["results"][name]))
        manifest["results"][name] = f"results/{name}.{manifest['generation']}.parquet"
        pq.write_table(rows, lake / manifest["results"][name])
    (lake / "manifest.json.part").write_text(json.dumps(manifest))
    (lake / "manifest.json.part").replace(lake / "manifest.json")


def shown_last(data_class: str) -> set[str]:
    """The records of a class that the newest entry of the register says were shown."""
    newest = Entry.objects.latest("pk")
    return set(newest.shown.filter(data_class=data_class).values_list("record", flat=True))
