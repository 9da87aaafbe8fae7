"""Adverts: copies, offers and sellers in the truth, how they are written, what an intervention changes."""

from __future__ import annotations

import re
from collections import Counter
from importlib.resources import files

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trade_drawn import DAY, column, said, year_of_trade

from lippen.engine import Engine
from lippen.progress import Stages
from lippen.sandbox.scenario import FalseTrend, Intervention, NewLine, Scenario
from lippen.sandbox.streams import listings, sightings
from lippen.sandbox.streams.frames import Frames, parted
from lippen.sandbox.streams.sellers import sellers_of
from lippen.sandbox.streams.wares import trade_lexicon
from lippen.sandbox.world import make_world
from lippen.sandbox.writing import write_export
from lippen.signals import check_mapping, import_folder, load_mapping
from lippen.workspace import Workspace

HERE, FROM = "scheme", 120


@pytest.fixture(scope="module")
def year():
    return year_of_trade()


def test_copies_point_to_the_first_of_their_kind(year):
    for _, listed, _ in year:
        truth = listed.truth["listings"]
        ids = column(truth, "listing_id")
        np.testing.assert_array_equal(ids, column(listed.rows, "Item ID"))
        assert (np.diff(column(listed.rows, "Posted").astype("i8")) >= 0).all()
        seller = dict(zip(ids.tolist(), truth["seller"].to_pylist(), strict=True))
        first = dict(zip(ids.tolist(), truth["copy_of"].to_pylist(), strict=True))
        for listing, copied in first.items():
            if copied is not None:
                assert copied < listing
                assert first[copied] is None
                assert seller[copied] == seller[listing]


def test_offers_are_what_the_adverts_say(year):
    _, listed, _ = year[0]
    texts = dict(zip(column(listed.rows, "Item ID").tolist(), said(listed.rows), strict=True))
    offers = listed.truth["offers"].to_pylist()
    assert {one["listing_id"] for one in offers} == set(
        column(listed.truth["listings"].filter(listed.truth["listings"]["advert"]), "listing_id").tolist()
    )
    for one in offers:
        text = texts[one["listing_id"]]
        assert one["word"] or one["sign"]
        assert one["word"] is None or one["word"] in text
        assert one["sign"] is None or one["sign"] in text
        assert f"{one['price_gbp']:.2f}".removesuffix(".00") in text


def test_lines_serve_only_where_they_reach_and_while_they_last(year):
    for world, listed, sighted in year:
        lines = world.groups.lines
        for drawn, name, when in ((listed, "listings", "Posted"), (sighted, "sightings", "Date Seen")):
            truth = drawn.truth[name]
            day = (column(drawn.rows, when).astype("M8[D]") - np.datetime64(world.first_day)) / DAY
            for line, area, at in zip(truth["line"].to_pylist(), truth["area"].to_pylist(), day, strict=True):
                if line is not None:
                    one = line - world.burgh * 100 - 1
                    assert lines.reach[one, world.place.codes.index(area)] > 0
                    assert lines.start[one] - 28 <= at <= lines.end[one] + 28


def test_sellers_come_back_under_new_handles(year):
    lasted = []
    for _, listed, _ in year:
        handle = column(listed.rows, "Seller")
        seller = np.array(listed.truth["listings"]["seller"].to_pylist(), dtype=float)
        posted = column(listed.rows, "Posted").astype("M8[D]")
        for one in np.unique(seller[~np.isnan(seller)]):
            mine = handle[seller == one]
            assert len(set(mine)) >= np.ptp(posted[seller == one]) / DAY // 71 + 1
            lasted += [np.ptp(posted[(seller == one) & (handle == name)]) / DAY for name in set(mine)]
    assert max(lasted) <= 10 * 7


def test_contacts_are_made_up_and_no_frame_shows_through(year):
    made = trade_lexicon()["handles"]
    handle = re.compile(rf"({'|'.join(made['first'])})[_.]?({'|'.join(made['last'])})\d{{2,4}}")
    for _, listed, sighted in year:
        texts = said(listed.rows) + [one or "" for one in sighted.rows["Words Used"].to_pylist()]
        for text in set(texts):
            assert not re.search(r"[{}|()]|@|https?:|www\.|//", text), text
            for number in re.findall(r"\+?\d[\d ]{8,}", text.replace("\n", "/")):
                assert re.fullmatch(r"07700 900\d{3}", number.strip()), text
        assert all(handle.fullmatch(one) for one in set(column(listed.rows, "Seller")))


def test_without_texts_the_same_rows_come_with_fewer_columns(year):
    for at, stream, left_out in (
        (1, listings, {"Heading", "Body", "Seller"}),
        (2, sightings, {"Words Used", "How Much"}),
    ):
        whole, plain = year[0][at], stream.draw(year[0][0], False)
        kept = [name for name in plain.rows.column_names if name != "Heading"]
        assert set(whole.rows.column_names) - set(kept) == left_out
        assert plain.rows.select(kept).equals(whole.rows.select(kept))
        if "Heading" in plain.rows.column_names:  # a listing has a title: it says that it was left out
            assert plain.rows["Heading"].unique().to_pylist() == ["left out"]
        assert {name: table.num_rows for name, table in plain.truth.items()} == {
            name: table.num_rows for name, table in whole.truth.items()
        }
        assert all(plain.truth[name].equals(table) for name, table in whole.truth.items())


def rows_of(drawn, truth, keep):
    """The rows that `keep` (area code, row) keeps, without their ids but with area and product."""
    table = drawn.rows.drop_columns(drawn.rows.column_names[0])
    kept = drawn.truth[truth].select(["area", "product"])
    return sorted(
        str((*row.values(), *true.values()))
        for row, true in zip(table.to_pylist(), kept.to_pylist(), strict=True)
        if keep(true["area"], row)
    )


@pytest.mark.parametrize(
    ("stream", "truth", "when"), [(listings, "listings", "Posted"), (sightings, "sightings", "Date Seen")]
)
def test_an_intervention_changes_only_its_areas_from_its_day(stream, truth, when):
    done = Scenario(intervention=(Intervention("channel_recognition", FROM, (HERE,)),))
    left = Counter()
    for which in range(2, 8):
        plain, other = make_world(which, Scenario(), 240, 9), make_world(which, done, 240, 9)
        place = plain.place
        scheme = {code for code, larger in zip(place.codes, place.type_of, strict=True) if larger == 1}
        begins = np.datetime64(plain.first_day) + FROM - 7  # who knows only the week gives its first day

        def elsewhere(area, row, scheme=scheme, begins=begins):
            return area not in scheme or np.datetime64(row[when], "D") < begins

        def here(area, row, elsewhere=elsewhere):
            return not elsewhere(area, row) and row.get("Channel", row.get("Where Offered")) == "social"

        before, after = stream.draw(plain, True), stream.draw(other, True)
        assert rows_of(before, truth, elsewhere) == rows_of(after, truth, elsewhere)
        left.update(before=len(rows_of(before, truth, here)), after=len(rows_of(after, truth, here)))
    assert left["after"] < 0.9 * left["before"]


def test_a_reporting_drive_changes_what_is_told_and_no_listing():
    quiet = make_world(2, Scenario(false_trend=()), 200, 4)
    drive = make_world(2, Scenario(false_trend=(FalseTrend("reporting_drive", 60, 160),)), 200, 4)
    assert listings.draw(quiet, True).rows.equals(listings.draw(drive, True).rows)
    told = [sightings.draw(world, True) for world in (quiet, drive)]
    begins = np.datetime64(quiet.first_day)

    def outside(_, row):
        day = (np.datetime64(row["Date Seen"], "D") - begins) / DAY
        return day < 53 or day >= 160

    assert rows_of(told[0], "sightings", outside) == rows_of(told[1], "sightings", outside)
    assert told[1].rows.num_rows > 1.1 * told[0].rows.num_rows


def test_a_new_line_brings_its_own_seller_and_leaves_the_others():
    line = NewLine(60, (HERE,), 2.0)
    left = Counter()
    for which in range(4):
        plain, other = (make_world(which, Scenario(new_line=lines), 200, 6) for lines in ((), (line,)))
        new = 1 + which * 100 + len(plain.groups.lines.group)
        before, after = listings.draw(plain, True), listings.draw(other, True)
        assert new not in before.truth["listings"]["line"].to_pylist()
        assert after.truth["listings"]["line"].to_pylist().count(new) > 100
        ours, theirs = sellers_of(plain), sellers_of(other)
        assert len(theirs) == len(ours) + 1
        for name in ("line", "busy", "dearer"):
            np.testing.assert_array_equal(getattr(theirs, name)[: len(ours)], getattr(ours, name))
        np.testing.assert_array_equal(theirs.handles.start[: len(ours.handles.start)], ours.handles.start)
        place = plain.place
        scheme = {code for code, larger in zip(place.codes, place.type_of, strict=True) if larger == 1}

        def elsewhere(area, _, scheme=scheme):
            return area not in scheme

        rows = [Counter(rows_of(one, "listings", elsewhere)) for one in (before, after)]
        left.update(rows=rows[0].total(), kept=(rows[0] & rows[1]).total())
    # Where more is sold in the scheme some fewer or more are out elsewhere; whoever is, posts the same.
    assert left["kept"] > 0.99 * left["rows"]


@settings(max_examples=25)
@given(
    burgh=st.integers(0, 219),
    seed=st.integers(0, 2**40),
    days=st.sampled_from([1, 2, 6, 7, 8, 29, 45]),
    lines=st.integers(0, 20),
    groups=st.integers(1, 8),
    new_words=st.sampled_from([0.0, 3.0, 60.0]),
    change=st.booleans(),
    harm=st.sampled_from([0.0, 1.0, 5.0]),
)
def test_any_world_draws_and_twice_the_same(burgh, seed, days, lines, groups, new_words, change, harm):
    scenario = Scenario(
        lines=lines, groups=groups, new_words_per_year=new_words, substance_change=change, harm=harm
    )
    world = make_world(burgh, scenario, days, seed)
    for stream, name in ((listings, "listings"), (sightings, "sightings")):
        one, other = stream.draw(world, True), stream.draw(world, True)
        assert one.rows.equals(other.rows)
        assert all(table.equals(other.truth[key]) for key, table in one.truth.items())
        assert one.truth[name].num_rows == one.rows.num_rows
        ids = column(one.rows, one.rows.column_names[0])
        assert len(set(ids)) == len(ids)
        if harm == 0 and name == "listings":
            assert not column(one.truth[name], "advert").any()


def test_a_frame_says_what_is_put_in_and_nothing_else():
    frames = Frames(["{w} (for|at) {p}", "{w}{w}", "nothing // below"])
    n = 4
    put = {"w": pa.array(list("abcd")), "p": pa.array(list("1234"))}
    frame = np.array([0, 1, 2, 3])
    texts = frames.fill(frame, **put)
    assert texts.to_pylist() == ["a for 1", "b at 2", "cc", "nothing // below"]
    assert frames.opens(frame, "p").tolist() == [True, True, False, False]
    assert not frames.opens(frame, "z").any()
    heading, body = parted(texts)
    assert heading.to_pylist() == ["a for 1", "b at 2", "cc", "nothing"]
    assert body.to_pylist() == [None, None, None, "below"]
    assert Counter(frames.any(np.linspace(0, 1, 600, endpoint=False))) == {0: 100, 1: 100, 2: 200, 3: 200}
    with pytest.raises(KeyError):
        frames.fill(np.zeros(n, dtype=np.int64), w=put["w"])


@pytest.mark.parametrize(("kind", "stream"), [("listing", listings), ("sighting", sightings)])
@pytest.mark.parametrize("how", ["as sent", "csv", "parquet"])
def test_its_own_mapping_reads_every_row(kind, stream, how, duck: Engine, tmp_path):
    drawn = stream.draw(make_world(0, Scenario(), 120, 1), True)
    source = tmp_path / "in"
    source.mkdir()
    if how == "as sent":
        write_export(source, kind, drawn.rows)
    elif how == "parquet":
        pq.write_table(drawn.rows, source / "export.parquet")
    else:
        shown = {}
        for name in drawn.rows.column_names:
            values = drawn.rows[name]
            if pa.types.is_timestamp(values.type):
                values = pc.strftime(values, "%d/%m/%Y %H:%M:%S")
            elif pa.types.is_date(values.type):
                values = pc.strftime(values.cast(pa.timestamp("s")), "%d/%m/%Y")
            elif pa.types.is_dictionary(values.type):
                values = values.cast(pa.string())
            shown[name] = values
        pacsv.write_csv(pa.table(shown), source / "export.csv")
    mapping = load_mapping(str(files("lippen.sandbox.streams").joinpath("mappings", f"{kind}.toml")))
    assert check_mapping(source, mapping).problems == []
    report = import_folder(source, mapping, Workspace.open(tmp_path / "town", duck), Stages(quiet=True))
    assert (report.rows, report.accepted, report.quarantined) == (drawn.rows.num_rows, drawn.rows.num_rows, 0)
