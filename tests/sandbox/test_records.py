"""Partners' records: rates against their anchors, rows in order, and the truth that fits them."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from records_drawn import BURGHS, MANY, QUIET, array, column, days, drawn, plain
from taken_in import taken_in

from lippen.engine import Engine
from lippen.sandbox import Intervention, Scenario, make_world
from lippen.sandbox.parameters import by_name, number, numbers
from lippen.sandbox.people import TENURES
from lippen.sandbox.streams import records
from lippen.sandbox.streams.partners import books, identity_of

TEXTS = ("Name", "DOB", "Address", "Details")


def counted(table):
    return dict(zip(*np.unique(array(table, "Type"), return_counts=True), strict=True))


def social_homes(world):
    return int((world.people.tenure == TENURES.index("social")).sum())


# ---- rates -------------------------------------------------------------------------------------------------


def test_a_burgh_has_the_entries_that_a_nation_of_twenty_million_events_needs():
    assert 76_950 < np.mean([drawn(one)[1].rows.num_rows for one in BURGHS]) < 80_000


def test_emergency_attendances_meet_the_published_rate():
    # Public Health Scotland: about 1.6 million attendances a year, 290 per 1,000 residents.
    hospital, residents = 0, 0
    for one in BURGHS:
        world, made = drawn(one)
        hospital += int((array(made.rows, "Partner") == books(one)[5].partner).sum())
        residents += len(world.people.home)
    assert hospital / residents * 1000 == pytest.approx(290, rel=0.03)
    assert sum(by_name("records.hospital").values()) == pytest.approx(290, rel=0.001)


def test_nobody_is_seen_before_birth_nor_with_what_does_not_befall_their_age():
    for one in BURGHS:
        world, made = drawn(one)
        sort, person = array(made.rows, "Type"), made.truth["records"]["person"].to_numpy()
        on = np.datetime64(world.first_day) + days(world, made.rows)
        assert (on > identity_of(world).born[person]).all()
        age = world.people.age[person]
        assert age[np.isin(sort, ("ASSAULT INJURY", "OVERDOSE", "DISTRESS"))].min() >= 12
        clinic = array(made.rows, "Partner") == books(one)[4].partner
        assert age[clinic].min() >= 16
        # Of adults 31 in a hundred are 60 or older, and of an addiction service's contacts far fewer.
        assert 0.03 < (age[clinic] >= 60).mean() < 0.25


def test_landlords_write_twelve_rents_and_three_repairs_a_home():
    rent = repair = homes = 0
    for one in BURGHS:
        world, made = drawn(one)
        found = counted(made.rows)
        homes += social_homes(world)
        rent += found["RENT ACCOUNT"]
        repair += sum(n for name, n in found.items() if name.startswith(("REPAIR", "LOCK", "NO ACC")))
    assert rent == 12 * homes
    assert repair / homes == pytest.approx(sum(by_name("records.repairs").values()), rel=0.06)


def test_what_is_owed_is_what_was_owed_and_the_rent_less_what_was_paid():
    _, made = drawn(texts=True)
    rows = made.rows.filter(pc.equal(column(made.rows, "Type"), "RENT ACCOUNT"))
    home = made.truth["records"]["home"].to_numpy()[array(made.rows, "Type") == "RENT ACCOUNT"]
    paid = np.array(
        [int((re.findall(r"£(\d+)", text) or ["0"])[0]) for text in column(rows, "Details").to_pylist()]
    )
    owed = rows["Amount"].to_numpy()
    order = np.lexsort((days(drawn()[0], rows), home))
    owed, paid = owed[order].reshape(-1, 12), paid[order].reshape(-1, 12)
    rent = np.diff(owed, axis=1) + paid[:, 1:]
    assert (rent == rent[:, :1]).all()
    assert set(np.unique(rent)) <= set(numbers("records.rent_gbp"))
    assert owed.min() == 0
    # Arrears lie in single figures of a year's rent, as social landlords report of themselves.
    assert 0.03 < owed[:, -1].sum() / (12 * rent[:, 0].sum()) < 0.09


def test_rent_is_paid_on_working_days_and_by_bank_on_few_of_them():
    _, made = drawn(texts=True)
    rows = made.rows.filter(pc.equal(column(made.rows, "Type"), "RENT ACCOUNT"))
    day = array(rows, "Date").astype("datetime64[D]")
    assert (np.is_busday(day)).all()
    of_month = (day - day.astype("datetime64[M]")).astype(int) + 1
    said = array(rows, "Details")
    by_bank = np.array(["direct debit" in one or "standing order" in one for one in said])
    paid_direct = np.array(["housing costs paid direct" in one for one in said])
    due = [int(one) for one in numbers("records.rent_days")]
    assert set(of_month[by_bank]) <= {one + later for one in due for later in (0, 1, 2)}
    reaches = number("records.rent_day_paid_direct")
    assert set(of_month[paid_direct]) == {reaches, reaches + 1, reaches + 2}
    assert set(of_month[~by_bank & ~paid_direct]) >= set(range(4, 27))
    # Whoever frees a home, or takes it over, moves no day on which its rent is due.
    other = drawn(scenario=MANY, texts=True)[1].rows
    other = other.filter(pc.equal(column(other, "Type"), "RENT ACCOUNT"))
    assert array(other, "Date").tolist() == array(rows, "Date").tolist()


# ---- rows and truth ----------------------------------------------------------------------------------------


@settings(max_examples=8)
@given(which=st.integers(0, 219), length=st.integers(1, 45), seed=st.integers(0, 2**32 - 1))
def test_any_world_gives_rows_in_order_whose_truth_fits(which, length, seed):
    world = make_world(which, Scenario(), length, seed)
    made, bare = records.draw(world, True), records.draw(world, False)
    rows, truth = made.rows, made.truth["records"]
    assert bare.rows.column_names == [name for name in rows.column_names if name not in TEXTS]
    assert plain(bare.rows) == plain(rows.select(bare.rows.column_names))
    assert bare.truth["records"].equals(truth)
    day = days(world, rows)
    assert (np.diff(day) >= 0).all()
    assert 0 <= day.min() <= day.max() < length
    assert rows["Entry No"].to_pylist() == [(which + 1) * 1_000_000 + 1 + at for at in range(len(day))]
    assert truth["record_id"].equals(rows["Entry No"])
    people = world.people
    home = truth["home"].to_numpy()
    assert (people.home[truth["person"].to_numpy()] == home).all()
    assert array(rows, "Data Zone").tolist() == [world.place.codes[one] for one in people.home_area[home]]
    landlords = np.isin(array(rows, "Partner"), [one.partner for one in books(which)[:2]])
    assert (people.tenure[home[landlords]] == TENURES.index("social")).all()
    assert not any(column(rows, name).null_count for name in ("Name", "Address", "Details", "Ref"))
    amount = rows["Amount"].drop_null().to_numpy()
    assert np.isfinite(amount).all()
    assert (amount >= 0).all()


def test_the_same_seed_gives_the_same_rows_and_another_seed_others():
    first = records.draw(make_world(7, QUIET, 30, 3), True)
    again = records.draw(make_world(7, QUIET, 30, 3), True)
    other = records.draw(make_world(7, QUIET, 30, 4), True)
    assert first.rows.equals(again.rows)
    assert all(first.truth[name].equals(again.truth[name]) for name in first.truth)
    assert not first.rows.equals(other.rows)


def test_truth_tells_of_people_homes_and_roles_what_is_so():
    world, made = drawn(texts=True)
    people = made.truth["people"]
    assert people.num_rows == len(world.people.home)
    assert people["name"].to_pylist() == identity_of(world).names().to_pylist()
    assert "name" not in drawn()[1].truth["people"].column_names
    assert people["vulnerability"].type == people["digital"].type == pa.float32()
    assert array(people, "tenure").tolist() == [
        TENURES[one] for one in world.people.tenure[world.people.home]
    ]
    homes, roles = made.truth["homes"], made.truth["roles"]
    assert column(homes, "home").to_pylist() == world.groups.homes.home.tolist()
    assert set(column(homes, "group").to_pylist()) <= set(world.groups.letters)
    last = world.first_day + dt.timedelta(days=world.days)
    for table, names in ((homes, ("taken_from", "taken_to")), (roles, ("since", "until"))):
        since, until = (column(table, name).to_pylist() for name in names)
        assert all(s is None or u is None or s < u for s, u in zip(since, until, strict=True))
        assert all(u is None or u < last for u in until)
    kept_out = MANY.with_interventions(Intervention("counter_story", -200))
    world, made = drawn(0, scenario=kept_out)
    assert not world.recruited.all()
    assert made.truth["roles"].num_rows <= int(world.recruited.sum())


@pytest.mark.parametrize("which", [0, 219])
def test_every_row_is_taken_in_by_the_mapping(duck: Engine, tmp_path: Path, which):
    rows = records.draw(make_world(which, Scenario(), 9, 5), True).rows
    taken = taken_in(duck, tmp_path, "record", rows)
    for name, header in (("name", "Name"), ("born", "DOB"), ("amount_gbp", "Amount"), ("count", "Count")):
        assert taken["parquet"][name].to_pylist() == column(rows, header).to_pylist()
        assert taken["csv"][name].to_pylist() == taken["parquet"][name].to_pylist()
