"""People who judge episodes, and what tests ask of the pages on which they do."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.test import Client
from people_factory import acting_as, make_colleague, make_organisation, signed_in

from lippen.results import SAMPLE
from lippen.site.accounts.acting import Acting
from lippen.site.insight import episode_tables
from lippen.site.insight.models import Holding
from lippen.site.register.models import Entry


class Judges:
    """The police, who hold the incidents: two analysts and an officer; and a community's co-ordinator."""

    def __init__(self) -> None:
        self.police = make_organisation("police", name="Invermarrow Police")
        self.group = make_organisation("community-group", name="Braeside Voice")
        self.ann = make_colleague(self.police, "analyst", name="Ann Orr")
        self.bob = make_colleague(self.police, "analyst", name="Bob Kerr")
        self.cat = make_colleague(self.police, "police-officer", name="Cat Muir")
        self.gow = make_colleague(self.group, "co-ordinator", name="Jean Gow")
        Holding.objects.update_or_create(pk="incident", defaults={"organisation": self.police.ref})

    def acting(self, name: str) -> Acting:
        return acting_as(getattr(self, name))

    def client(self, name: str) -> Client:
        return signed_in(getattr(self, name))


def flagged() -> list[str]:
    """The ids of the episodes in the lake, the strongest first."""
    return episode_tables.ids_of(episode_tables.flagged())


def unflagged() -> list[str]:
    """The ids of the groups that were drawn at random."""
    return episode_tables.ids_of(episode_tables.unflagged())


def words_of(page: bytes) -> str:
    """What a page says, without its marks."""
    text = re.sub(r"<(script|style|title)\b.*?</\1>|<[^>]+>", " ", page.decode(), flags=re.S)
    return html.unescape(re.sub(r"\s+", " ", text))


def shown_last(data_class: str) -> set[str]:
    """The records of a class that the newest entry of the register says were shown."""
    newest = Entry.objects.latest("pk")
    return set(newest.shown.filter(data_class=data_class).values_list("record", flat=True))


def next_state(lake: Path, changed: dict[str, Callable[[pa.Table], pa.Table]]) -> None:
    """Make the next state of a lake, in which some result tables are changed as a reckoning changes them."""
    manifest = json.loads((lake / "manifest.json").read_text())
    manifest["generation"] += 1
    for table, change in changed.items():
        rows = change(pq.read_table(lake / manifest["results"][table]))
        manifest["results"][table] = f"results/{table}.{manifest['generation']}.parquet"
        pq.write_table(rows, lake / manifest["results"][table])
    (lake / "manifest.json.part").write_text(json.dumps(manifest))
    (lake / "manifest.json.part").replace(lake / "manifest.json")


def lay_in_sample(lake: Path) -> None:
    """Let the weakest episode be a group that was not flagged."""
    manifest = json.loads((lake / "manifest.json").read_text())
    tables = {name: pq.read_table(lake / manifest["results"][name]) for name in SAMPLE}
    weakest = tables["episodes"]["episode_id"].to_pylist()[-1]
    next_state(
        lake,
        {
            **{name: lambda rows: rows.filter(pc.not_equal(rows["episode_id"], weakest)) for name in SAMPLE},
            **{of: lambda _, own=tables[name]: _only(own, weakest) for name, of in SAMPLE.items()},
            "diversion": lambda rows: rows.filter(pc.not_equal(rows["episode_id"], weakest)),
        },
    )


def _only(rows: pa.Table, episode_id: str) -> pa.Table:
    return rows.filter(pc.equal(rows["episode_id"], episode_id))
