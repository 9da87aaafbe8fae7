"""What a workspace's listings and sightings come to: counted, told apart, and nobody findable in it."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from lippen.advert_models import LearnedModel, model_of_marked
from lippen.engine import Engine, connect
from lippen.errors import LippenError
from lippen.evaluating.labelled import read_adverts
from lippen.evaluating.offers import SOLD_AS
from lippen.progress import Stages
from lippen.reckoning_trade import forget_trade, reckon_trade
from lippen.results import (
    TRADE_ADVERTS,
    TRADE_AREA_WEEKS,
    TRADE_CHANNEL_WEEKS,
    TRADE_CONFIRMED,
    TRADE_FACTS,
    TRADE_PRICE_SHIFTS,
    TRADE_TERM_WEEKS,
    TRADE_TERMS,
    TRADE_WEEKS,
)
from lippen.sandbox import write_sandbox
from lippen.signals import import_folder, load_mapping
from lippen.trade.assessment import assess
from lippen.trade.lexicon import Lexicon
from lippen.trade.seen import NOT_NAMED, read_seen
from lippen.trade.tables import SCHEMAS, TradeFacts
from lippen.trade.term_decisions import DECISIONS
from lippen.trade.told import in_plain_words
from lippen.trade_on_paper import trade_of
from lippen.workspace import Workspace
from lippen.workspace_settings import WorkspaceError
from tables import assert_same_table

QUIET = Stages(quiet=True)

BOARD = """kind = "listing"
source = "A board"
zone = "UTC"

[columns]
listing_id = "id"
posted_at = "at"
collection = "place"
title = "head"
text = "text"

[authority]
who = "Invermarrow Council"
basis = "a test, in which nobody exists"
purpose = "to test"
expires = 2099-12-31
"""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hundred and fifty days of a town that does not exist."""
    out = tmp_path_factory.mktemp("town") / "out"
    write_sandbox(out, days=150, seed=1)
    return out


@pytest.fixture(scope="module")
def model(town: Path) -> LearnedModel:
    """What tells its adverts, learned from itself: how well is not what is asked here."""
    return model_of_marked(read_adverts(town), "a town", seed=1)


def brought_in(engine: Engine, folder: Path, town: Path, *kinds: str) -> Workspace:
    workspace = Workspace.open(folder, engine)
    for kind in kinds:
        stream = town / "streams" / kind
        import_folder(stream, load_mapping(stream / "mapping.toml"), workspace, QUIET)
    return workspace


@pytest.fixture(scope="module")
def reckoned(
    town: Path, model: LearnedModel, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Workspace, TradeFacts]]:
    folder = tmp_path_factory.mktemp("reckoned")
    with connect(spill_dir=folder / "spill") as engine:
        workspace = brought_in(engine, folder / "workspace", town, "listing", "sighting")
        yield workspace, reckon_trade(workspace, QUIET, seed=1, model=model)


def tables_of(workspace: Workspace) -> dict[str, pa.Table]:
    return {name: workspace.engine.collect(workspace.result(name)) for name in SCHEMAS}


def test_each_table_has_the_columns_that_are_stated_and_the_facts_stand_beside(
    reckoned: tuple[Workspace, TradeFacts],
) -> None:
    workspace, facts = reckoned
    for name, table in tables_of(workspace).items():
        assert table.schema.names == SCHEMAS[name].names, name
        assert len(table) or name == TRADE_CONFIRMED, name
    (told,) = workspace.engine.collect(workspace.result(TRADE_FACTS))["json"].to_pylist()
    assert json.loads(told) == facts
    assert facts["until"] == "2025-06-01"
    assert facts["week"] == "2025-05-26", "the Monday of the week in which the last day lies, 30 May"
    assert facts["held"][0]["expires"] == "2099-12-31"


def test_what_is_told_of_a_week_counts_in_it_whatever_day_of_it_is_told(duck: Engine) -> None:
    """Who tells a week gives its Monday, who tells a day may give any other."""
    days = [dt.date(2025, 5, 25), dt.date(2025, 5, 26), dt.date(2025, 5, 30)]
    rows = [{"product": "ketamine", "words": None, "seen_on": day} for day in days]
    found = assess(None, sightings_of(rows, duck), duck, None)
    assert (found.week, found.until) == (dt.date(2025, 5, 26), dt.date(2025, 6, 1))
    weeks = found.tables[TRADE_WEEKS]
    told = dict(zip(weeks["week"].to_pylist(), weeks["different"].to_pylist(), strict=True))
    assert told == {dt.date(2025, 5, 19): 1, dt.date(2025, 5, 26): 2}


def test_the_engines_give_the_same_tables(
    town: Path, model: LearnedModel, reckoned: tuple[Workspace, TradeFacts], engine: Engine, tmp_path: Path
) -> None:
    workspace = brought_in(engine, tmp_path / "workspace", town, "listing", "sighting")
    assert reckon_trade(workspace, QUIET, seed=1, model=model) == reckoned[1]
    before = tables_of(reckoned[0])
    for name, table in tables_of(workspace).items():
        assert_same_table(before[name], table)


def test_who_posts_is_in_no_table(town: Path, reckoned: tuple[Workspace, TradeFacts]) -> None:
    """No seller of the export, no contact and no hash of one, in whatever cell."""
    lines = (town / "streams/listing/collected_posts.jsonl").read_text("utf-8").splitlines()
    sellers = {str(json.loads(line)["Seller"]).lower() for line in lines}
    assert len(sellers) > 20
    hashed = re.compile(r"\[contact [a-z0-9]{12}\]")
    for name, table in tables_of(reckoned[0]).items():
        said = json.dumps(table.to_pylist(), default=str).lower()
        assert not hashed.search(said), name
        words = set(re.findall(r"[\w.-]+", said))
        assert not words & sellers, name


def test_a_copy_makes_an_advert_louder_and_adds_none(
    town: Path, model: LearnedModel, reckoned: tuple[Workspace, TradeFacts], tmp_path: Path
) -> None:
    doubled = tmp_path / "doubled" / "streams" / "listing"
    doubled.mkdir(parents=True)
    lines = (town / "streams/listing/collected_posts.jsonl").read_text("utf-8").splitlines()
    again = [json.dumps(json.loads(line) | {"Item ID": f"copy {at}"}) for at, line in enumerate(lines)]
    (doubled / "posts.jsonl").write_text("\n".join(lines + again) + "\n", "utf-8")
    (doubled / "mapping.toml").write_text((town / "streams/listing/mapping.toml").read_text("utf-8"), "utf-8")
    with connect(spill_dir=tmp_path / "spill") as engine:
        workspace = brought_in(engine, tmp_path / "workspace", tmp_path / "doubled", "listing")
        reckon_trade(workspace, QUIET, seed=1, model=model)
        twice = tables_of(workspace)[TRADE_WEEKS]
    once = tables_of(reckoned[0])[TRADE_WEEKS]
    once = once.filter(pc.equal(once["source"], "listings"))
    by = ["substance", "week"]
    assert twice.select([*by, "different"]).to_pylist() == once.select([*by, "different"]).to_pylist()
    assert twice["posts"].to_pylist() == [2 * posts for posts in once["posts"].to_pylist()]


def test_sightings_are_counted_beside_listings_and_all_of_them_are(
    reckoned: tuple[Workspace, TradeFacts],
) -> None:
    workspace, facts = reckoned
    tables = tables_of(workspace)
    assert set(tables[TRADE_WEEKS]["source"].to_pylist()) == {"listings", "sightings"}
    seen = facts["sightings"]
    assert seen is not None
    channels = tables[TRADE_CHANNEL_WEEKS]
    own = channels.filter(pc.equal(channels["source"], "sightings"))
    assert pc.sum(own["posts"]).as_py() == seen["posts"]
    # Whoever names two things is counted for each; who names none is counted as such.
    assert pc.sum(tables[TRADE_AREA_WEEKS]["sightings"]).as_py() >= seen["posts"]
    assert NOT_NAMED in tables[TRADE_AREA_WEEKS]["substance"].to_pylist()


def test_what_a_sighting_is_about_is_mostly_right(town: Path, reckoned: tuple[Workspace, TradeFacts]) -> None:
    workspace = reckoned[0]
    seen, _ = read_seen(workspace.signals("sighting"), workspace.engine, Lexicon.of_vocabulary())
    truth = {
        str(row["sighting_id"]): SOLD_AS[row["product"]][0]
        for row in pq.read_table(town / "truth/sightings.parquet").to_pylist()
        if row["product"] in SOLD_AS
    }
    told = [
        truth[row["group"]] in row["substances"]
        for row in seen.to_pylist()
        if row["group"] in truth and row["substances"] != [NOT_NAMED]
    ]
    assert len(told) >= 20
    assert sum(told) / len(told) >= 0.9


def sightings_of(rows: list[dict[str, Any]], engine: Engine) -> ibis.Table:
    """Sightings of a street, in the columns of their kind that are read."""
    rest = {"seen_on": dt.date(2025, 1, 6), "channel": "street", "larger_area": "Here", "price_gbp": 10.0}
    texts = ("sighting_id", "channel", "larger_area", "product", "words", "quantity")
    columns = [(name, pa.string()) for name in texts]
    schema = pa.schema([*columns, ("seen_on", pa.date32()), ("price_gbp", pa.float64())])
    each = [{"sighting_id": str(at), "quantity": None, **rest, **row} for at, row in enumerate(rows)]
    return engine.table(pa.Table.from_pylist(each, schema))


def test_a_colour_in_a_description_names_no_drug(duck: Engine) -> None:
    rows = [
        {"product": "small white lumps", "words": None},
        {"product": "small white lumps", "words": "got rocks?"},
        {"product": "white crystals in a bag", "words": "special k"},
        {"product": "street Valium", "words": "moggies"},
        {"product": "ket in bags", "words": "menu 🌲"},
        {"product": "crack", "words": "white stuff"},
        {"product": "green stuff in wee bags", "words": "🌴🌴"},
        {"product": "special\nk", "words": None},
    ]
    seen, offers = read_seen(sightings_of(rows, duck), duck, Lexicon.of_vocabulary())
    told = seen["substances"].to_pylist()
    assert told[:4] == [[NOT_NAMED], ["crack cocaine"], ["ketamine"], ["diazepam"]]
    assert told[4:7] == [["ketamine"], ["crack cocaine"], ["cannabis"]], "what it lies in is no heroin"
    assert "cocaine" not in offers["substance"].to_pylist()


def test_nothing_after_the_last_week_is_looked_at(
    reckoned: tuple[Workspace, TradeFacts], model: LearnedModel
) -> None:
    workspace = reckoned[0]
    until = dt.date(2025, 4, 20)
    try:
        facts = reckon_trade(workspace, QUIET, seed=1, model=model, until=dt.date(2025, 4, 15))
        tables = tables_of(workspace)
    finally:
        reckon_trade(workspace, QUIET, seed=1, model=model)
    assert (facts["week"], facts["until"]) == ("2025-04-14", "2025-04-20")
    for table in tables.values():
        for name in ("week", "first_day", "last_day", "first_seen"):
            if name in table.schema.names and len(table):
                assert pc.max(table[name]).as_py() <= until
    assert pc.max(tables[TRADE_WEEKS]["week"]).as_py() == dt.date(2025, 4, 14)


def decision(row: dict[str, Any], answer: str, substance: str | None = None) -> dict[str, Any]:
    shown = {name: row[name] for name in ("term", "burst", "context_fit", "contexts")}
    return {**shown, "answer": answer, "decided": dt.date(2025, 5, 30), "substance": substance}


def test_what_people_answer_is_not_asked_again_and_a_new_term_counts_as_what_it_means(
    reckoned: tuple[Workspace, TradeFacts], model: LearnedModel
) -> None:
    workspace = reckoned[0]
    before = tables_of(workspace)
    first, second = before[TRADE_TERMS].to_pylist()[:2]
    decisions = pa.Table.from_pylist(
        [decision(first, "new term", "nitazenes"), decision(second, "not this")], DECISIONS
    )
    try:
        reckon_trade(workspace, QUIET, seed=1, model=model, decisions=decisions)
        after = tables_of(workspace)
    finally:
        reckon_trade(workspace, QUIET, seed=1, model=model)
    asked = after[TRADE_TERMS]["term"].to_pylist()
    assert first["term"] not in asked
    assert second["term"] not in asked
    assert "nitazenes" not in before[TRADE_WEEKS]["substance"].to_pylist()
    assert "nitazenes" in after[TRADE_WEEKS]["substance"].to_pylist()
    assert first["term"] in after[TRADE_TERM_WEEKS]["term"].to_pylist(), "its story goes on"
    (told,) = after[TRADE_CONFIRMED].to_pylist()
    assert (told["term"], told["substance"]) == (first["term"], "nitazenes")
    assert (told["decided"], told["first_seen"]) == (dt.date(2025, 5, 30), first["first_seen"])
    assert told["texts"] >= first["texts"], "of all that is held, not of the ranking's weeks"
    assert told["posts"] >= told["texts"]


def of_a_board(
    rows: list[dict[str, Any]], folder: Path, model: LearnedModel, confirmed: str | None = None
) -> dict[str, pa.Table]:
    """What is reckoned of posts on a board, in a workspace of that folder. A person took the word `confirmed`
    for a new term."""
    word = {"term": confirmed, "burst": 1.0, "context_fit": 1.0, "contexts": ["before nothing"]}
    decisions = pa.Table.from_pylist([decision(word, "new term")] if confirmed else [], DECISIONS)
    export = folder / "export"
    export.mkdir()
    (export / "board.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    (export / "mapping.toml").write_text(BOARD, "utf-8")
    with connect(spill_dir=folder / "spill") as engine:
        workspace = Workspace.open(folder / "workspace", engine)
        import_folder(export, load_mapping(export / "mapping.toml"), workspace, QUIET)
        reckon_trade(workspace, QUIET, seed=1, model=model, decisions=decisions)
        return tables_of(workspace)


def test_a_word_that_one_importer_writes_in_many_posts_goes_on_no_paper(
    model: LearnedModel, tmp_path: Path
) -> None:
    """A hundred posts under invented accounts put a person's name forward; nobody has confirmed it."""
    rows = []
    for at in range(1_200):
        said = ("ten blue vallies", "vallies and blues", "street vallies", "diazepam tablets")[at % 4]
        day = dt.date(2025, 5, 1) + dt.timedelta(days=at % 30)
        if at % 11 < 4 and day >= dt.date(2025, 5, 24):
            said = "margaret thomson"
        text = f"{said} {at % 7 + 2} for {10 + at % 5} quid, posted {at}, wickr: seller{at % 30}"
        rows.append({"id": f"p{at}", "at": f"{day}T12:00:00", "head": said, "text": text, "place": "a board"})
    put_forward = of_a_board(rows, tmp_path, model)[TRADE_TERMS].to_pylist()
    assert any("thomson" in row["term"] for row in put_forward), "the test can tell"
    paper = trade_of(tmp_path / "workspace")
    assert "thomson" not in json.dumps(
        [paper.facts, *(table.to_pylist() for table in paper.tables.values())], default=str
    )


def test_a_words_story_counts_every_text_that_has_it_not_only_what_was_ranked(
    model: LearnedModel, tmp_path: Path
) -> None:
    """Of three weeks' posts with an unheard-of word some are taken for no advert, and one seller writes so
    many in the last week that the ranking reads a part of them."""
    rows = []
    for at in range(210):
        said = ("ten blue vallies", "vallies and blues", "street vallies", "diazepam tablets")[at % 4]
        text = f"{said} {at % 7 + 2} for {10 + at % 5} quid, posted {at}, wickr: seller{at % 30}"
        rows.append({"at": dt.date(2025, 5, 5) + dt.timedelta(days=at % 21), "head": said, "text": text})
    talked = ("anybody lost the zoinkles by the park", "zoinkles are a band, they play on friday")
    for week, (sold, asked) in enumerate([(1, 4), (1, 6), (18, 4)]):
        day = dt.date(2025, 5, 5) + dt.timedelta(weeks=week)
        for at in range(sold):
            seller = f"other{at}" if at < 6 else "rival"
            text = f"zoinkles {at % 7 + 2} for {10 + at % 5} quid, posted {week}{at}, wickr: {seller}7"
            rows.append({"at": day, "head": "zoinkles", "text": text})
        for at in range(asked):
            rows.append({"at": day, "head": "a question", "text": f"{talked[at % 2]} {week} {at}"})
    given = [
        {**row, "id": f"p{at}", "at": f"{row['at']}T12:00:00", "place": "a board"}
        for at, row in enumerate(rows)
    ]
    tables = of_a_board(given, tmp_path, model)
    (word,) = [row for row in tables[TRADE_TERMS].to_pylist() if row["term"] == "zoinkles"]
    weeks = [row for row in tables[TRADE_TERM_WEEKS].to_pylist() if row["term"] == "zoinkles"]
    assert [(row["texts"], row["posts"]) for row in weeks] == [(5, 5), (7, 7), (22, 22)]
    since = word["since"]
    lately = sum(row["texts"] for row in weeks if row["week"] >= since)
    assert (word["texts"], word["posts"]) == (lately, lately)
    assert word["texts_before"] == sum(row["texts"] for row in weeks if row["week"] < since)
    assert word["adverts"] < word["texts"], "some are talk"
    again = tmp_path / "again"
    again.mkdir()
    (told,) = of_a_board(given, again, model, confirmed="zoinkles")[TRADE_CONFIRMED].to_pylist()
    assert (told["texts"], told["posts"]) == (34, 34), "on paper too"
    assert told["sellers"] <= 7, "of adverts alone"


def test_a_word_is_counted_inside_a_longer_one_and_whatever_signs_stand_between(duck: Engine) -> None:
    said = ["wee zoinkles", "wee - zoinkles!", "the zoinkles", "a wee dram"]
    rows = [{"product": one, "words": None} for one in said]
    shown = {"burst": 1.0, "context_fit": 1.0, "contexts": ["before nothing"]}
    answers = [decision({"term": term, **shown}, "known") for term in ("zoinkles", "wee zoinkles")]
    decisions = pa.Table.from_pylist(answers, DECISIONS)
    weeks = assess(None, sightings_of(rows, duck), duck, None, decisions=decisions).tables[TRADE_TERM_WEEKS]
    assert [(row["term"], row["texts"]) for row in weeks.to_pylist()] == [
        ("wee zoinkles", 2),
        ("zoinkles", 3),
    ]


def test_what_one_seller_floods_a_collection_with_is_told_as_one_sellers_and_is_on_no_paper(
    model: LearnedModel, tmp_path: Path
) -> None:
    """Forty adverts in forty wordings, of somebody who wants fentanyl talked about at a price of theirs."""
    draw = np.random.default_rng(3)
    wares = {"diazepam tablets": lambda: f"seller{draw.integers(20)}", "fentanyl": lambda: "rival77"}
    words = ["new", "batch", "cheap", "post", "fresh", "strong", "order", "bulk", "best", "menu", "ready"]
    rows = []
    for ware, seller in wares.items():
        for at in range(40):
            said = " ".join(draw.permutation(words)[:8])
            text = f"{ware} {said}, {at % 9 + 1} g for {10 + at % 30} quid, wickr: {seller()}"
            row = {"id": f"{ware}{at}", "at": f"2025-05-{26 + at % 5}T12:00:00", "head": ware, "text": text}
            rows.append(row | {"place": "a board"})
    tables = of_a_board(rows, tmp_path, model)
    weeks = {row["substance"]: row for row in tables[TRADE_WEEKS].to_pylist()}
    flood = next(row for name, row in weeks.items() if "fentanyl" in name)
    assert (flood["sellers"], flood["of_one"]) == (1, flood["different"])
    assert flood["different"] >= 5
    assert weeks["diazepam"]["sellers"] >= 5
    assert weeks["diazepam"]["of_one"] < weeks["diazepam"]["different"] / 2
    paper = trade_of(tmp_path / "workspace")
    told = {row["substance"] for row in paper.tables["trade_weeks"].to_pylist()}
    assert "diazepam" in told
    assert flood["substance"] not in json.dumps(
        [table.to_pylist() for table in (*paper.tables.values(), paper.price_weeks)], default=str
    )


def test_a_collection_of_which_every_row_was_refused_keeps_no_other_from_being_reckoned(
    duck: Engine, town: Path, model: LearnedModel, tmp_path: Path
) -> None:
    workspace = brought_in(duck, tmp_path / "workspace", town, "listing")
    export = tmp_path / "export"
    export.mkdir()
    (export / "mapping.toml").write_text(
        BOARD.replace("2099", "2098").replace("UTC", "Europe/London"), "utf-8"
    )
    (export / "posts.csv").write_text("id,at,place,head,text\n1,never,board,a table,oak\n", "utf-8")
    mapping = load_mapping(export / "mapping.toml")
    assert import_folder(export, mapping, workspace, QUIET).quarantined == 1
    facts = reckon_trade(workspace, QUIET, model=model)
    assert [one["expires"] for one in facts["held"]] == ["2099-12-31"]
    assert facts["held"][0]["posts"] == facts["listings"]["posts"]


def test_a_word_is_first_seen_on_the_first_day_of_all_not_of_the_window(
    reckoned: tuple[Workspace, TradeFacts],
) -> None:
    tables = tables_of(reckoned[0])
    weeks: dict[str, dt.date] = {}
    for row in tables[TRADE_TERM_WEEKS].to_pylist():
        weeks[row["term"]] = min(row["week"], weeks.get(row["term"], row["week"]))
    for row in tables[TRADE_TERMS].to_pylist():
        assert weeks[row["term"]] <= row["first_seen"] <= weeks[row["term"]] + dt.timedelta(days=6)


def test_a_few_sightings_told_long_after_the_adverts_leave_the_words_of_these_in_their_places(
    reckoned: tuple[Workspace, TradeFacts], model: LearnedModel
) -> None:
    engine, listings = reckoned[0].engine, reckoned[0].signals("listing")
    alone = assess(listings, None, engine, model.model)
    later = [{"product": "ketamine", "words": None, "seen_on": dt.date(2026, 11, 9)} for _ in range(5)]
    both = assess(listings, sightings_of(later, engine), engine, model.model)
    assert both.week == dt.date(2026, 11, 9)
    assert both.new_terms["shown"] > 0
    assert_same_table(both.tables[TRADE_TERMS], alone.tables[TRADE_TERMS])
    newest = alone.listings["last_day"] if alone.listings else ""
    assert both.new_terms == alone.new_terms
    assert newest[:7] == both.new_terms["until"][:7] == "2025-05"


def test_a_terminal_is_told_as_of_which_day_words_were_ranked_where_it_is_before_the_newest_week(
    reckoned: tuple[Workspace, TradeFacts],
) -> None:
    workspace, facts = reckoned
    said = "Words were ranked as of 30 April 2025: no newer advert was brought in."
    older: TradeFacts = {**facts, "new_terms": {**facts["new_terms"], "until": "2025-04-30"}}
    assert said in in_plain_words(older, tables_of(workspace))
    assert "Words were ranked as of" not in in_plain_words(facts, tables_of(workspace))


def test_a_terminal_is_told_what_it_cannot_of_each_source_and_which_prices_shifted_lately(
    reckoned: tuple[Workspace, TradeFacts],
) -> None:
    workspace, facts = reckoned
    tables = tables_of(workspace)
    said = in_plain_words(facts, tables)
    for source in ("adverts that were new", "sightings"):
        assert f"It cannot be told of {source}: " in said
    row: dict[str, Any] = {"source": "listings", "substance": "cannabis", "unit": "g", "shifted": True}
    row |= {"before_pence": 1000.0, "after_pence": 1300.0, "change": 0.3}
    week = dt.date.fromisoformat(facts["week"])
    for back, told in ((7, True), (8, False)):
        shift = [row | {"week": week - dt.timedelta(weeks=back)}]
        shifts = pa.Table.from_pylist(shift, SCHEMAS[TRADE_PRICE_SHIFTS])
        said = in_plain_words(facts, {**tables, TRADE_PRICE_SHIFTS: shifts})
        assert ("- cannabis, for 1 g, in listings: from £10.00 to £13.00" in said) == told
    one: TradeFacts = {**facts, "listings": {**facts["listings"], "different": 1}}  # type: ignore[dict-item,typeddict-item]
    assert ": 1 different one, " in in_plain_words(one, tables)


def test_sightings_enough_for_a_ranking_are_ranked_as_of_their_own_day(
    reckoned: tuple[Workspace, TradeFacts], model: LearnedModel
) -> None:
    engine, listings = reckoned[0].engine, reckoned[0].signals("listing")
    later = [
        {"product": "ketamine", "words": f"ket number {at}", "seen_on": dt.date(2026, 11, 9)}
        for at in range(150)
    ]
    both = assess(listings, sightings_of(later, engine), engine, model.model)
    assert both.new_terms["until"] == "2026-11-09"


def test_the_loudest_come_first_with_reasons_and_copies_add_up(
    reckoned: tuple[Workspace, TradeFacts],
) -> None:
    rows = tables_of(reckoned[0])[TRADE_ADVERTS].to_pylist()
    assert rows
    for row in rows:
        assert row["listings"] == 1 + row["copies"] + row["near_copies"]
        assert row["reasons"]
        assert row["probability"] >= 0.5
        assert len(row["text"]) <= 600


def test_sightings_alone_need_no_model(town: Path, tmp_path: Path) -> None:
    with connect(spill_dir=tmp_path / "spill") as engine:
        workspace = brought_in(engine, tmp_path / "workspace", town, "sighting")
        facts = reckon_trade(workspace, QUIET)
        assert facts["model"] is None
        assert facts["listings"] is None
        assert not len(tables_of(workspace)[TRADE_ADVERTS])


def test_a_last_day_before_all_posts_says_when_they_begin(town: Path, tmp_path: Path) -> None:
    with connect(spill_dir=tmp_path / "spill") as engine:
        workspace = brought_in(engine, tmp_path / "workspace", town, "sighting")
        first = engine.collect(workspace.signals("sighting"), "seen_on")["seen_on"][0].as_py()
        for until in (dt.date(1600, 1, 1), first - dt.timedelta(days=1)):
            with pytest.raises(LippenError, match=f"nothing came up to {until}") as refused:
                reckon_trade(workspace, QUIET, until=until)
            assert refused.value.remedy == f"Name a day from {first} on."
        assert workspace.results() == []


def test_an_empty_workspace_says_what_to_do_and_results_are_emptied_with_what_they_came_from(
    town: Path, tmp_path: Path
) -> None:
    with connect(spill_dir=tmp_path / "spill") as engine:
        workspace = brought_in(engine, tmp_path / "workspace", town, "sighting")
        reckon_trade(workspace, QUIET)
        workspace.undo_import(workspace.imports()[0].import_id)
        with pytest.raises(WorkspaceError, match="no listing and no sighting"):
            reckon_trade(workspace, QUIET)
        forget_trade(workspace)
        assert TRADE_FACTS not in workspace.results()


def test_the_model_for_whoever_marked_nothing_says_how_often_it_is_wrong(advert_model: LearnedModel) -> None:
    facts = advert_model.facts
    assert facts["n"] > 1_000
    assert facts["f1"] is not None
    assert facts["f1"] >= 0.95
    assert facts["ece"] is not None
    assert facts["ece"] <= 0.03
    assert facts["harmless"] >= 90
    assert facts["harmless_wrong"] <= 5
    assert "made-up towns" in facts["says"]
