"""Posts that say the same are one advert: how much louder, not how many more."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from lippen.engine import Engine
from lippen.near_copies import GroupRule
from lippen.progress import Stages
from lippen.sandbox import write_sandbox
from lippen.signals import import_folder, load_mapping
from lippen.trade.copies import find_copies
from lippen.workspace import Workspace
from tables import assert_same_table

Row = dict[str, Any]

ADVERT = "top quality blues from the capital ten for thirty pounds posted same day plain envelope"


def posts(*texts: str | tuple[str, str], days: list[int] | None = None) -> pa.Table:
    """Listings `L0`, `L1` ... of a title and a text each, a day apart unless `days` says otherwise."""
    rows = []
    for number, said in enumerate(texts):
        title, text = (said, None) if isinstance(said, str) else said
        day = dt.date(2025, 3, 1) + dt.timedelta(days=days[number] if days else number)
        at = dt.datetime.combine(day, dt.time(12, number % 60))
        rows.append(
            {
                "listing_id": f"L{number}",
                "posted_at": at,
                "local_day": day,
                "collection": f"group {number % 3}",
                "title": title,
                "text": text,
            }
        )
    types = [pa.string(), pa.timestamp("us"), pa.date32(), pa.string(), pa.string(), pa.string()]
    names = ["listing_id", "posted_at", "local_day", "collection", "title", "text"]
    return pa.Table.from_pylist(rows, pa.schema(zip(names, types, strict=True)))


def found(engine: Engine, rows: pa.Table) -> tuple[dict[str, Row], list[Row]]:
    copies = find_copies(engine.table(rows), engine)
    listings = {row["listing_id"]: row for row in engine.collect(copies.listings).to_pylist()}
    return listings, engine.collect(copies.groups, "first_id").to_pylist()


@pytest.mark.parametrize(
    "copy",
    [
        ADVERT.upper(),
        f"  {ADVERT.replace(' ', '   ')}\n",
        f"★ {ADVERT} ★★★",
        f"━━━ {ADVERT.replace(' ', ' · ')} ━━━ !!!",
        ADVERT.replace("top quality", "“top” quality:"),
        f"{ADVERT} [contact bcdfghjkmnpq]",
        ADVERT.replace("blues", "b\u200blu\u00ades"),
    ],
)
def test_dress_and_contact_do_not_make_another_wording(duck: Engine, copy: str) -> None:
    listings, groups = found(duck, posts(ADVERT, copy))
    assert {row["same_as"] for row in listings.values()} == {"L0"}
    assert [(row["listings"], row["copies"], row["near_copies"]) for row in groups] == [(2, 1, 0)]


@pytest.mark.parametrize("other", [ADVERT.replace("thirty", "35"), f"{ADVERT} 🍁", f"{ADVERT} £30"])
def test_another_price_or_sign_is_another_wording_of_the_same_advert(duck: Engine, other: str) -> None:
    listings, groups = found(duck, posts(ADVERT, other))
    assert [row["same_as"] for row in listings.values()] != ["L0", "L0"]
    assert [(row["listings"], row["copies"], row["near_copies"]) for row in groups] == [(2, 0, 1)]


def test_a_group_says_how_loud_it_was(duck: Engine) -> None:
    """Five posts on three days: three in the first words, under two contacts, and two at another price."""
    dear = ADVERT.replace("thirty", "forty")
    rows = posts(
        (ADVERT, "[contact bcdfghjkmnpq]"),
        (ADVERT, "dm [contact bcdfghjkmnpq] or [contact qqqqqqqqqqqq]"),
        (ADVERT, "[contact bcdfghjkmnpq]"),
        (dear, "[contact bcdfghjkmnpq]"),
        (dear, None),
        "somebody lost a grey cat near the harbour please ring the vet in the high street",
        days=[0, 0, 1, 4, 4, 4],
    )
    _, (loud, cat) = found(duck, rows)
    assert loud == {
        "first_id": "L0",
        "listings": 5,
        "copies": 2,
        "near_copies": 2,
        "first_day": dt.date(2025, 3, 1),
        "last_day": dt.date(2025, 3, 5),
        "days_seen": 3,
        "collections": 3,
        "contacts": 2,
    }
    assert (cat["first_id"], cat["listings"], cat["contacts"]) == ("L5", 1, 0)


def test_first_is_who_was_posted_first_whatever_the_order_of_rows(duck: Engine) -> None:
    rows = posts(ADVERT, ADVERT.replace("thirty", "35"), ADVERT, ADVERT.upper(), days=[5, 3, 1, 1])
    whole = found(duck, rows)
    assert {row["first_id"] for row in whole[0].values()} == {"L2"}
    assert found(duck, rows.take(pa.array([3, 1, 0, 2]))) == whole


@pytest.mark.parametrize("many", [20, 50, 300])
def test_a_flood_of_set_phrases_joins_no_different_adverts(duck: Engine, many: int) -> None:
    """Adverts open and close with the same twelve words, and offer different things between.

    Up to 60 the phrases are not told from an advert by how often they stand there: by pairs and what these
    join, all are one (the last lines).
    """
    draw = random.Random(7)  # noqa: S311 - invented rows, no secret
    opening, closing = "restock tonight trusted since twenty ten", "drop anywhere in the toon message now"
    own = [
        " ".join("".join(draw.choices("abcdefghijklmnopqrst", k=5)) for _ in range(9)) for _ in range(many)
    ]
    rows = posts(*(f"{opening} {words} {closing}" for words in own for _ in range(2)))
    listings, groups = found(duck, rows)
    assert len(groups) == many
    assert {row["listings"] for row in groups} == {2}
    assert all(row["first_id"] == f"L{int(name[1:]) // 2 * 2}" for name, row in listings.items())
    joined = find_copies(duck.table(rows), duck, grouping=GroupRule(1, 1)).groups
    assert duck.collect(joined).num_rows == (many if many > 60 else 1)


def test_nothing_makes_nothing(duck: Engine) -> None:
    assert found(duck, posts()) == ({}, [])
    listings, groups = found(duck, posts(("", ""), "!!!", "🍁"))
    assert len(listings) == 3
    assert sum(row["listings"] for row in groups) == 3


def test_every_listing_is_counted_once(duck: Engine) -> None:
    draw = random.Random(3)  # noqa: S311 - invented rows, no secret
    texts = [
        " ".join(draw.choices(["red", "blue", "ten", "for", "20", "gear", "tonight"], k=6))
        for _ in range(400)
    ]
    listings, groups = found(duck, posts(*texts))
    assert len(listings) == 400
    assert sum(row["listings"] for row in groups) == 400
    sizes = Counter(row["first_id"] for row in listings.values())
    for row in groups:
        assert row["listings"] == sizes[row["first_id"]] == 1 + row["near_copies"] + row["copies"]


def test_in_a_made_up_town_few_adverts_are_joined_and_most_copies_found(duck: Engine, tmp_path: Path) -> None:
    """Against the truth of half a year: B-cubed precision and recall over postings (Bagga, Baldwin 1998)."""
    write_sandbox(tmp_path, "invermarrow", 180, 11, None, texts=True, stages=Stages(quiet=True))
    folder = tmp_path / "streams" / "listing"
    workspace = Workspace.open(tmp_path / "workspace", duck)
    import_folder(folder, load_mapping(folder / "mapping.toml"), workspace, Stages(quiet=True))
    listings = duck.collect(find_copies(workspace.signals("listing"), duck).listings)
    truth = duck.collect(duck.read(tmp_path / "truth" / "listings.parquet"))
    first = {
        str(name): str(of if of is not None else name)
        for name, of in zip(truth["listing_id"].to_pylist(), truth["copy_of"].to_pylist(), strict=True)
    }
    of = [(row["first_id"], first[row["listing_id"]]) for row in listings.to_pylist()]
    both, said, true = Counter(of), Counter(one for one, _ in of), Counter(one for _, one in of)
    precision = sum(n * n / said[one] for (one, _), n in both.items()) / len(of)
    recall = sum(n * n / true[one] for (_, one), n in both.items()) / len(of)
    assert precision > 0.98
    assert recall > 0.8
    alone = Counter(listings["same_as"].to_pylist())
    assert len(alone) > 2 * len(said), "exact copies alone find less than half of it"


SIGNS = [chr(code) for code in range(0x20, 0x3000) if not 0xD800 <= code < 0xE000 and chr(code).isprintable()]


@pytest.mark.spark
def test_both_engines_find_the_same_copies_on_spark(duck: Engine, spark: Engine) -> None:
    """Also of every sign of Unicode up to the ornaments, in both cases, which each engine folds by itself."""
    draw = random.Random(5)  # noqa: S311 - invented rows, no secret
    adverts = [
        [
            *(draw.choice(["gear", "blues", "green", "post", "drop", "ten", "for", "30"]) for _ in range(9)),
            f"own{n}",
        ]
        for n in range(40)
    ]
    texts = [
        (
            " ".join(advert[: draw.randrange(6, 10)]),
            f"x [contact bcdfghjkmnp{draw.choice('qrs')}] {advert[9]}",
        )
        for advert in adverts
        for _ in range(4)
    ]
    signs = ["".join(SIGNS[at : at + 40]) for at in range(0, len(SIGNS), 40)]
    rows = posts(*texts, *signs, *(text.upper() for text in signs))
    tables = []
    for engine in (duck, spark):
        copies = find_copies(engine.table(rows), engine)
        tables.append(
            [engine.collect(copies.listings, "listing_id"), engine.collect(copies.groups, "first_id")]
        )
    for left, right in zip(*tables, strict=True):
        assert_same_table(left, right)
