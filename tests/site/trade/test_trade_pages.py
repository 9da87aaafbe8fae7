"""Pages of the room Trade over tables that were really reckoned: what they show, to whom, and what is
entered.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.utils import timezone
from trade_people import PAGES, People, alter, facts, rows_of_tables, shown_last, table, told

from lippen.manifest import Manifest
from lippen.results import (
    TRADE_ALARMS,
    TRADE_AREA_WEEKS,
    TRADE_CHANNEL_WEEKS,
    TRADE_CHANNELS,
    TRADE_FACTS,
    TRADE_PRICE_SHIFTS,
    TRADE_PRICES,
)
from lippen.site.insight.record_ids import record_id
from lippen.site.register.models import Act, Entry
from lippen.site.trade.found import term_id

pytestmark = pytest.mark.django_db(transaction=True)

HOSTILE = "<script>alert(1)</script>\u202e{{ 7*7 }}\"'><img src=x onerror=alert(1)>|x#"


def test_each_page_is_entered_before_it_is_answered(people: People) -> None:
    said = {
        "/trade/": "the trade this week",
        "/trade/words/": "new words of the trade",
        "/trade/prices/": "prices of the trade",
        "/trade/channels/": "channels of the trade",
        "/trade/areas/": "sightings by larger area",
    }
    client = people.client("ann")
    for path in PAGES:
        before = Entry.objects.count()
        assert client.get(path).status_code == 200, path
        entry = Entry.objects.latest("pk")
        assert Entry.objects.count() == before + 1, path
        assert (entry.act, entry.what, entry.reader) == (Act.CONSULTATION, said[path], people.ann.ref)


def test_this_week_stands_beside_the_eight_before_and_sources_are_never_added(
    people: People, trade_lake: Path
) -> None:
    week = date.fromisoformat(facts(trade_lake)["week"])
    weeks = [week - timedelta(weeks=back) for back in range(9)]
    counts: dict[tuple[str, str], dict[date, int]] = {}
    for row in table(trade_lake, "trade_weeks"):
        if row["week"] in weeks:
            counts.setdefault((row["source"], row["substance"]), {})[row["week"]] = row["different"]
    answer = people.client("ann").get("/trade/")
    shown = [row for row in rows_of_tables(answer.content) if len(row) in {5, 7} and " to " in row[3]]
    expected = [
        (
            substance,
            str(of.get(week, 0)),
            f"{min(of.get(one, 0) for one in weeks[1:])} to {max(of.get(one, 0) for one in weeks[1:])}",
        )
        for (_, substance), of in counts.items()
    ]
    assert sorted((row[0], row[2], row[3]) for row in shown) == sorted(expected)
    both = {name for source, name in counts if source == "sightings" and ("listings", name) in counts}
    assert both, "some substance stands under both, once each"
    assert answer.content.count(b'class="chart spark"') == len(expected) + _bars_elsewhere(trade_lake)


def _bars_elsewhere(trade_lake: Path) -> int:
    return sum(bool(row["moves"]) for row in table(trade_lake, TRADE_CHANNELS))


def test_where_it_cannot_be_told_whether_more_was_seen_the_page_says_why(
    people: People, trade_lake: Path
) -> None:
    says = sorted({row["says"] for row in table(trade_lake, TRADE_ALARMS)})
    assert [one.split(":")[0] for one in says] == [
        "It cannot be told of adverts that were new",
        "It cannot be told of sightings",
    ]
    assert " ".join(says) in told(people.client("ann"), "/trade/"), "each source, as the briefing says it"


def _alarmed(where: str, reports: int) -> Callable[[pa.Table], pa.Table]:
    def changed(rows: pa.Table) -> pa.Table:
        first, *rest = rows.to_pylist()
        first |= {"substance": "ketamine", "larger_area": where, "reports": reports}
        first |= {"expected": 0.42, "upper": 2.0, "alarm": True, "says": "More than chance"}
        return pa.Table.from_pylist([first, *rest], rows.schema)

    return changed


def test_an_alarm_is_shown_with_what_is_ordinary(people: People, trade_lake: Path) -> None:
    alter(trade_lake, {TRADE_ALARMS: _alarmed("everywhere", 9)})
    rows = rows_of_tables(people.client("ann").get("/trade/").content)
    assert ["ketamine", "all sightings together", "9", "0.4", "2"] in rows
    alter(trade_lake, {TRADE_ALARMS: _alarmed("collections", 4)})
    rows = rows_of_tables(people.client("ann").get("/trade/").content)
    assert ["ketamine", "adverts of collections", "4", "0.4", "2"] in rows


def test_an_alarm_of_one_area_tells_no_count_under_five_and_is_for_those_who_may_see_places(
    people: People, trade_lake: Path
) -> None:
    alter(trade_lake, {TRADE_ALARMS: _alarmed("Lintbrae", 4)})
    rows = rows_of_tables(people.client("ann").get("/trade/").content)
    assert ["ketamine", "Lintbrae", "fewer than 5", "0.4", "2"] in rows
    people.held_by("housing")
    assert "Lintbrae" not in told(people.client("dod"), "/trade/")
    assert "chance and season" not in told(people.client("dod"), "/today/")


def test_the_loudest_adverts_stand_with_their_copies_gathered_and_reasons_for_and_against(
    people: People, trade_lake: Path
) -> None:
    adverts = table(trade_lake, "trade_adverts")
    said = told(people.client("ann"), "/trade/")
    assert "how much louder an advert was, not how many more there are" in said
    for one in adverts[:20]:
        assert " ".join(one["text"].split())[:200] in said
        assert f"{one['listings']} posts of one advert" in said
        assert all(why in said for why in (*one["reasons"], *one["against"]))
    assert "a chance of 100%" not in said, "no model is sure"
    assert shown_last("listing") == {record_id(one["first_id"]) for one in adverts[:20]}
    model = facts(trade_lake)["model"]
    assert model["says"] in said
    tried, wrong = model["harmless"], model["harmless_wrong"]
    were = "was" if wrong == 1 else "were"
    assert f"Of {tried} harmless posts that it was tried on, {wrong} {were} taken for adverts" in said


def test_an_advert_of_no_channel_says_its_days_alone(people: People, trade_lake: Path) -> None:
    def nowhere(rows: pa.Table) -> pa.Table:
        none = pa.nulls(rows.num_rows, pa.string())
        return rows.set_column(rows.column_names.index("channel"), "channel", none)

    alter(trade_lake, {"trade_adverts": nowhere})
    kickers = re.findall(r'<p class="kicker">(.*?)</p>', people.client("ann").get("/trade/").content.decode())
    assert kickers
    assert all(re.fullmatch(r"[\w ]+ \d{4}", one) for one in kickers), kickers


def test_whole_adverts_and_places_are_not_for_a_worker(people: People, trade_lake: Path) -> None:
    people.held_by("housing")
    worker = people.client("dod")
    said = told(worker, "/trade/")
    assert "Whole adverts are for those who check" in said
    assert "Where it was seen" not in said
    for one in table(trade_lake, "trade_adverts"):
        assert " ".join(one["text"].split())[:60] not in said
    assert shown_last("listing") == set()
    refused = worker.get("/trade/areas/")
    assert refused.status_code == 403
    assert "whole adverts, and where things were seen" in refused.content.decode()


def test_it_says_by_what_right_adverts_are_held_and_until_when(people: People, trade_lake: Path) -> None:
    said = told(people.client("ann"), "/trade/")
    (held,) = facts(trade_lake)["held"]
    who, basis, purpose, until = held["authority"].split("; ")
    assert f"{who}. Basis: {basis}. Purpose: {purpose}. 31 December 2099" in said
    assert until not in said, "the day stands once"
    assert "Group 14" in said
    assert "Deleted on" in said
    assert "On that day a collection is deleted, with all that was worked out from it" in said


def test_what_was_not_met_this_week_is_folded_away_and_new_words_come_first(people: People) -> None:
    page = people.client("ann").get("/trade/").content.decode()
    assert page.index('id="words"') < page.index('id="substances"')
    open_, folded = (
        re.sub(r"<details.*?</details>", "", page, flags=re.S),
        "".join(re.findall(r"<details.*?</details>", page, re.S)),
    )
    now = [row[2] for row in rows_of_tables(open_.encode()) if len(row) in {5, 6} and " to " in row[3]]
    then = [row[2] for row in rows_of_tables(folded.encode()) if len(row) in {5, 6} and " to " in row[3]]
    assert now
    assert then
    assert "0" not in now
    assert set(then) == {"0"}
    assert "not met this week" in folded
    for to in re.findall(r'<li><a href="#(\w+)">', page):
        assert page.count(f'id="{to}"') == 1, to


def test_it_says_what_right_was_in_the_place_of_which_before(people: People, trade_lake: Path) -> None:
    before = Manifest.read(trade_lake / "lake")
    (held,) = (one for one in before.imports if one.kind == "listing")
    words = f"{held.inputs[0]['who']}; a new decision; drug alerts; until 2098-01-01"
    renewed = held.renewed(str(held.inputs[0]["who"]), words, date(2098, 1, 1), date(2026, 3, 2))
    others = tuple(one for one in before.imports if one is not held)
    before.next(imports=(*others, renewed)).swap(trade_lake / "lake")
    said = told(people.client("ann"), "/trade/")
    assert f"{held.inputs[0]['who']}. Basis: a new decision. Purpose: drug alerts." in said
    who, basis, purpose, _ = str(held.inputs[0]["authority"]).split("; ")
    assert f"Before 2 March 2026 : {who}. Basis: {basis}. Purpose: {purpose}." in said


def test_no_price_is_told_where_too_few_asked_one(people: People, trade_lake: Path) -> None:
    prices = table(trade_lake, TRADE_PRICES)
    enough = [row for row in prices if row["enough"]]
    assert enough
    assert len(enough) < len(prices)
    rows = rows_of_tables(people.client("ann").get("/trade/prices/").content)
    assert sorted([*row[:3], row[4]] for row in rows if len(row) == 7) == sorted(
        [one["substance"], one["band"], str(one["groups"]), f"£{one['median_pence'] / 100:,.2f}"]
        for one in enough
    )
    assert sorted(row for row in rows if len(row) == 3) == sorted(
        [one["substance"], one["band"], str(one["groups"])] for one in prices if not one["enough"]
    )


def test_how_many_sellers_stand_behind_adverts_and_prices_is_told(people: People, trade_lake: Path) -> None:
    """Of sightings it is not: they name nobody."""

    def one_sellers(rows: pa.Table) -> pa.Table:
        sold = {"sellers": 3, "of_one": 60}
        held = [row | (sold if row["source"] == "listings" else {}) for row in rows.to_pylist()]
        return pa.Table.from_pylist(held, rows.schema)

    weeks = rows_of_tables(people.client("ann").get("/trade/").content)
    newest = date.fromisoformat(facts(trade_lake)["week"])
    for row in table(trade_lake, "trade_weeks"):
        if row["source"] == "listings" and row["week"] == newest:
            (told,) = {one[6].split(",")[0] for one in weeks if len(one) == 7 and one[0] == row["substance"]}
            assert told == ("not known" if row["sellers"] is None else str(row["sellers"]))
    alter(trade_lake, {TRADE_PRICES: one_sellers})
    prices = [
        row for row in rows_of_tables(people.client("ann").get("/trade/prices/").content) if len(row) == 7
    ]
    said = {row[3] for row in prices}
    assert said <= {"3", "3, most of one", "none named"}
    assert "3, most of one" in said


def test_one_substance_is_drawn_week_by_week_with_what_buying_more_saves(
    people: People, trade_lake: Path
) -> None:
    client = people.client("ann")
    assert "Line chart" not in client.get("/trade/prices/").content.decode()
    page = client.get("/trade/prices/?substance=cannabis").content.decode()
    weeks = [
        row
        for row in table(trade_lake, "trade_price_weeks")
        if (row["source"], row["substance"], row["unit"]) == ("listings", "cannabis", "g")
    ]
    told_weeks = sum(row["enough"] for row in weeks)
    assert f"Line chart of the price of cannabis, one gram, bought alone, in {told_weeks} weeks" in page
    discount = next(row["discount"] for row in table(trade_lake, TRADE_PRICES) if row["discount"] is not None)
    assert discount > 0
    assert "Whoever buys twice as much pays" in page


@pytest.mark.parametrize("asked", ["substance=moonstone", "substance=cannabis&substance=cocaine", "x=1"])
def test_what_is_not_offered_is_refused(people: People, asked: str) -> None:
    for path in ("/trade/prices/", "/trade/areas/"):
        answer = people.client("ann").get(f"{path}?{asked}")
        assert answer.status_code == 400, path
        assert "moonstone" not in answer.content.decode().split("<main")[1].replace('value="moonstone"', "")


@pytest.mark.parametrize(("back", "new"), [(7, True), (8, False)])
def test_a_price_that_shifted_is_told_on_the_first_page_for_eight_weeks(
    people: People, trade_lake: Path, back: int, new: bool
) -> None:
    def shifted(rows: pa.Table) -> pa.Table:
        (row,) = rows.to_pylist()
        row |= {"before_pence": 1000.0, "after_pence": 1300.0, "change": 0.3, "shifted": True}
        row |= {"week": week - timedelta(weeks=back)}
        return pa.Table.from_pylist([row], rows.schema)

    week, none = date.fromisoformat(facts(trade_lake)["week"]), "No price shifted in the last eight weeks"
    assert none in told(people.client("ann"), "/trade/")
    alter(trade_lake, {TRADE_PRICE_SHIFTS: shifted})
    for path in ("/trade/", "/trade/prices/"):
        rows = rows_of_tables(people.client("ann").get(path).content)
        shown = ["cannabis: one gram, bought alone", "Adverts", "£10.00", "£13.00", "+30%"]
        assert (shown in [row[:5] for row in rows]) == (new or path == "/trade/prices/"), path
    assert (none in told(people.client("ann"), "/trade/")) != new


def test_channels_are_shares_of_what_was_seen_with_how_many_they_are_of(
    people: People, trade_lake: Path
) -> None:
    answer = people.client("ann").get("/trade/channels/")
    rows = rows_of_tables(answer.content)
    called = {"listings": "Adverts", "sightings": "Sightings"}
    for one in table(trade_lake, TRADE_CHANNELS):
        row = next(row for row in rows if row[:2] == [one["channel"], called[one["source"]]])
        assert f"({one['before']} of {one['of_before']})" in row[2]
        assert f"({one['after']} of {one['of_after']})" in row[3]
        assert (row[4] == "too few to say") == (one["change"] is None)
    assert "A reporting drive in schools raises what the young see, and no more" in answer.content.decode()


def test_a_week_of_a_channel_in_which_nothing_was_met_stands_as_none(
    people: People, trade_lake: Path
) -> None:
    """Neither the newest week nor the one three before it has a sighting."""
    week = date.fromisoformat(facts(trade_lake)["week"])
    missing = {week, week - timedelta(weeks=3)}

    def without(rows: pa.Table) -> pa.Table:
        kept = [row for row in rows.to_pylist() if row["source"] == "listings" or row["week"] not in missing]
        return pa.Table.from_pylist(kept, rows.schema)

    alter(trade_lake, {TRADE_CHANNEL_WEEKS: without})
    answer = people.client("ann").get("/trade/channels/")
    page = answer.content.decode().split(">Sightings<", 1)[1]
    rows = rows_of_tables(page.encode())
    channels = {row["channel"] for row in table(trade_lake, TRADE_CHANNELS) if row["source"] == "sightings"}
    assert {row[0]: row[2] for row in rows if len(row) == 3} == dict.fromkeys(channels, "0")
    told_weeks = [row for row in rows if re.fullmatch(r"\d+ \w+ \d{4}", row[0])]
    days = [week - timedelta(weeks=back) for back in range(26)]
    assert [row[0] for row in told_weeks] == [f"{day:%-d %B %Y}" for day in days]
    assert {row[0] for row in told_weeks if set(row[1:]) == {"0"}} >= {f"{d:%-d %B %Y}" for d in missing}
    assert "Each bar is one of the last 26 weeks up to the newest" in page


def test_a_channel_that_moves_stands_on_the_first_page(people: People, trade_lake: Path) -> None:
    def moved(rows: pa.Table) -> pa.Table:
        first, *rest = rows.to_pylist()
        first |= {"channel": "phone", "change": 0.25, "low": 0.12, "high": 0.37, "moves": True}
        return pa.Table.from_pylist([first, *rest], rows.schema)

    assert "No channel gained or lost more than chance explains" in told(people.client("ann"), "/trade/")
    alter(trade_lake, {TRADE_CHANNELS: moved})
    rows = rows_of_tables(people.client("ann").get("/trade/").content)
    assert ["+25", "+12 to +37", "", "gains"] in [row[4:] for row in rows if row[0] == "phone"]


def _many_in_one(rows: pa.Table) -> pa.Table:
    kept = rows.to_pylist()
    newest = max(row["week"] for row in kept)
    told_of = [("Whinhaugh", 7), ("Lintbrae", 4), ("Carsemuir", 5)]
    return pa.Table.from_pylist(
        [
            {"larger_area": area, "substance": "ketamine", "week": newest, "sightings": many}
            for area, many in told_of
        ],
        rows.schema,
    )


def test_where_it_was_seen_tells_no_count_under_five_and_ranks_no_area(
    people: People, trade_lake: Path
) -> None:
    alter(trade_lake, {TRADE_AREA_WEEKS: _many_in_one})
    answer = people.client("ann").get("/trade/areas/")
    assert rows_of_tables(answer.content) == [
        ["Carsemuir", "5"],
        ["Lintbrae", "fewer than 5"],
        ["Whinhaugh", "7"],
    ]
    page = answer.content.decode()
    assert "Schematic map of sightings in 3 areas" in page
    assert "Lintbrae: fewer than 5 sightings" in page
    assert "&lt;5" in page
    assert "incidents" not in re.sub(r"<header.*?</header>", "", page, flags=re.S)


def test_where_no_area_is_known_to_lie_anywhere_they_stand_by_name(people: People, trade_lake: Path) -> None:
    alter(trade_lake, {TRADE_AREA_WEEKS: _many_in_one, "told_middles": lambda rows: rows.slice(0, 0)})
    page = people.client("ann").get("/trade/areas/").content.decode()
    assert "Bars of sightings in 3 areas, in order of name" in page
    assert "Schematic map" not in page


def test_areas_are_counted_over_the_weeks_that_were_asked_for(people: People, trade_lake: Path) -> None:
    def early(rows: pa.Table) -> pa.Table:
        newest = date.fromisoformat(facts(trade_lake)["week"])
        return pa.Table.from_pylist(
            [
                {
                    "larger_area": "Carsemuir",
                    "substance": "ketamine",
                    "week": newest - timedelta(weeks=back),
                    "sightings": 6,
                }
                for back in (0, 3, 4, 20)
            ],
            rows.schema,
        )

    alter(trade_lake, {TRADE_AREA_WEEKS: early})
    client = people.client("ann")
    for weeks, many in (("4", "12"), ("13", "18"), ("52", "24")):
        answer = client.get(f"/trade/areas/?substance=ketamine&weeks={weeks}")
        assert rows_of_tables(answer.content) == [["Carsemuir", many]], weeks


def _ended(day: date) -> Callable[[pa.Table], pa.Table]:
    def changed(rows: pa.Table) -> pa.Table:
        (row,) = rows.to_pylist()
        return pa.table({"json": [json.dumps({**json.loads(row["json"]), "until": day.isoformat()})]})

    return changed


def test_each_page_says_where_the_newest_week_is_old_and_nothing_where_it_is_not(
    people: People, trade_lake: Path
) -> None:
    client = people.client("ann")
    pages = [*PAGES, f"/trade/words/{term_id(table(trade_lake, 'trade_terms')[0]['term'])}/"]
    for ago, old in ((333, True), (15, True), (14, False)):
        alter(trade_lake, {TRADE_FACTS: _ended(timezone.localdate() - timedelta(ago))})
        for path in pages:
            said = f"This is the newest week there is. It ended {ago} days ago."
            assert (said in told(client, path)) == old, f"{path}, {ago} days"
        heading = "Trade: the newest week" if old else "Trade this week"
        assert f"<h1>{heading}</h1>" in client.get("/trade/").content.decode()


def test_each_page_says_where_its_week_is_not_over(people: People, trade_lake: Path) -> None:
    for ahead in (-1, 0, 6):
        alter(trade_lake, {TRADE_FACTS: _ended(timezone.localdate() + timedelta(ahead))})
        for path in PAGES:
            assert ("This week is not over: it ends on" in told(people.client("ann"), path)) == (ahead >= 0)


def test_each_page_says_up_to_which_day_the_adverts_of_its_week_reach(
    people: People, trade_lake: Path
) -> None:
    def changed(rows: pa.Table) -> pa.Table:
        told = json.loads(rows["json"][0].as_py())
        last = date.fromisoformat(told["until"]) - timedelta(2)
        told["listings"] |= {"last_day": last.isoformat()}
        return pa.table({"json": [json.dumps(told)]})

    alter(trade_lake, {TRADE_FACTS: changed})
    for path in PAGES:
        assert "Later days of this week are not counted." in told(people.client("ann"), path)


def test_sightings_of_today_do_not_hide_that_the_adverts_are_old(people: People, trade_lake: Path) -> None:
    today = timezone.localdate()

    def changed(rows: pa.Table) -> pa.Table:
        (row,) = rows.to_pylist()
        told = json.loads(row["json"])
        told |= {"until": today.isoformat()}
        told["sightings"] |= {"last_day": today.isoformat()}
        told["listings"] |= {"last_day": (today - timedelta(40)).isoformat()}
        return pa.table({"json": [json.dumps(told)]})

    alter(trade_lake, {TRADE_FACTS: changed})
    for path in PAGES:
        said = told(people.client("ann"), path)
        assert "The newest advert is of" in said, path
        assert "40 days ago. Nothing newer was brought in." in said, path
        assert "The newest sighting" not in said, path


def _spoiled(rows: pa.Table) -> pa.Table:
    """The table with every text in it hostile, and still as many different ones."""
    for at, field in enumerate(rows.schema):
        if field.name == "source":
            continue
        values = rows[field.name].to_pylist()
        if pa.types.is_string(field.type):
            rows = rows.set_column(at, field, pa.array([f"{HOSTILE}{one}" for one in values], field.type))
        elif pa.types.is_list(field.type):
            spoiled = [[HOSTILE, *(one or [])] for one in values]
            rows = rows.set_column(at, field, pa.array(spoiled, field.type))
    return rows


def _spoiled_facts(rows: pa.Table) -> pa.Table:
    told_facts = json.loads(rows["json"][0].as_py())
    told_facts["currency"] = HOSTILE
    told_facts["new_terms"]["why_none"] = HOSTILE
    told_facts["held"][0]["collections"] = [HOSTILE]
    for name in ("learned_from", "measured_on", "says"):
        told_facts["model"][name] = HOSTILE
    return pa.table({"json": [json.dumps(told_facts)]})


def _spoiled_manifest(workspace: Path) -> None:
    path = workspace / "lake" / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["generation"] += 1
    for one in manifest["imports"]:
        for given in one["inputs"]:
            if "authority" in given:
                given["authority"] = HOSTILE
    path.with_suffix(".part").write_text(json.dumps(manifest))
    path.with_suffix(".part").replace(path)


def test_whatever_somebody_wrote_into_an_advert_or_a_sighting_is_only_shown(
    people: People, trade_lake: Path
) -> None:
    names = [name for name in Manifest.read(trade_lake / "lake").results if name.startswith("trade_")]
    assert len(names) == 13
    alter(
        trade_lake,
        {name: _spoiled_facts if name == TRADE_FACTS else _spoiled for name in names},
    )
    _spoiled_manifest(trade_lake)
    client = people.client("ann")
    term = table(trade_lake, "trade_terms")[0]["term"]
    substance = table(trade_lake, TRADE_PRICES)[0]["substance"]
    assert client.post(f"/trade/words/{term_id(term)}/", {"answer": "known"}).status_code == 302
    paths = [
        *PAGES,
        f"/trade/words/{term_id(term)}/",
        f"/trade/words/{term_id(term)}/take-back/",
        "/today/",
    ]
    pages = {path: client.get(path) for path in paths}
    pages["prices of one"] = client.get("/trade/prices/", {"substance": substance})
    for path, answer in pages.items():
        assert answer.status_code == 200, path
        page = answer.content.decode()
        assert "<script>alert" not in page, path
        assert "<img src=x" not in page, path
        assert "\u202e" not in re.sub(r'(value|href)="[^"]*"', "", page), path
    assert "&lt;script&gt;alert(1)" in pages["/trade/"].content.decode(), "it is shown, and harmless"


def test_no_page_names_a_seller_or_a_way_to_reach_one(people: People, trade_lake: Path) -> None:
    lake = trade_lake / "lake"
    posts = [
        row
        for one in Manifest.read(lake).imports
        if one.kind == "listing"
        for name in one.signals
        for row in pq.read_table(lake / name, columns=["text", "title"]).to_pylist()
    ]
    hashes = {
        found
        for row in posts
        for found in re.findall(r"\[contact[: ]([^\]]+)\]", f"{row['title']} {row['text']}")
    }
    assert len(hashes) > 20, "the posts hold hashed contacts"
    client = people.client("ann")
    pages = [*PAGES, "/trade/prices/?substance=cannabis"]
    pages += [f"/trade/words/{term_id(row['term'])}/" for row in table(trade_lake, "trade_terms")]
    for path in pages:
        page = client.get(path).content.decode()
        assert not [one for one in hashes if one in page], path


def test_the_register_keeps_no_word_that_somebody_wrote(people: People, trade_lake: Path) -> None:
    rows = table(trade_lake, "trade_terms")
    terms = [row["term"] for row in rows]
    people.client("ann").get("/trade/words/")
    assert shown_last("trade") == {term_id(one) for one in terms}
    for one in Entry.objects.all():
        said = " ".join([one.what, one.purpose, *one.shown.values_list("record", flat=True)])
        assert not [term for term in terms if " " in term and term in said]


def test_this_week_puts_forward_only_words_that_are_worth_a_person_s_time(
    people: People, trade_lake: Path
) -> None:
    rows = table(trade_lake, "trade_terms")
    worth = [row["term"] for row in rows if row["raised"]]
    assert worth
    assert len(worth) < len(rows)
    page = people.client("ann").get("/trade/").content.decode()
    linked = set(re.findall(r'href="/trade/words/([^/"]+)/"', page))
    assert linked == {term_id(term) for term in worth[:10]}
