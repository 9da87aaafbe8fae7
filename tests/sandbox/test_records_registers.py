"""Partners' registers of people: references that tell nothing; names, births and addresses that disagree."""

from __future__ import annotations

import datetime as dt
import re

import numpy as np
import pytest
from records_drawn import BURGHS, array, column, drawn

from lippen.sandbox.parameters import by_name, number
from lippen.sandbox.streams.partners import books, identity_of
from lippen.sandbox.streams.records_addresses import addresses_of


def test_each_reference_stands_for_one_person_with_one_name_birth_and_address():
    _, made = drawn(texts=True)
    rows = made.rows
    seen: dict[tuple[str, str], set[tuple[object, ...]]] = {}
    columns = [column(rows, name).to_pylist() for name in ("Partner", "Ref", "Name", "DOB", "Address")]
    for partner, ref, *rest, person in zip(
        *columns, made.truth["records"]["person"].to_pylist(), strict=True
    ):
        seen.setdefault((partner, ref), set()).add((*rest, person))
    assert {len(one) for one in seen.values()} == {1}
    lines: dict[tuple[str, int], int] = {}
    for (partner, _), held in seen.items():
        key = (partner, next(iter(held))[-1])
        lines[key] = lines.get(key, 0) + 1
    assert max(lines.values()) == 2
    # Tenants have rows enough for both of their references to be met.
    landlords = {one.partner for one in books(0)[:2]}
    twice = np.mean([n == 2 for (partner, _), n in lines.items() if partner in landlords])
    assert twice == pytest.approx(number("records.twice"), abs=0.008)


def test_no_reference_tells_the_person_or_another_partners_reference():
    _, made = drawn()
    number_of = np.array([int(re.sub(r"\D", "", ref)) for ref in column(made.rows, "Ref").to_pylist()])
    person, partner = made.truth["records"]["person"].to_numpy(), array(made.rows, "Partner")
    first = {}
    for book in books(0):
        mine = partner == book.partner
        people, at = np.unique(person[mine], return_index=True)
        first[book.key] = dict(zip(people.tolist(), number_of[mine][at].tolist(), strict=True))
        # Four standard errors of a correlation that is none.
        assert abs(np.corrcoef(people, number_of[mine][at])[0, 1]) < 4 / np.sqrt(len(people))
    for other in ("council", "schools"):
        both = sorted(first[other].keys() & first["hospital"].keys())
        assert len(both) > 300
        pairs = [[first[key][one] for one in both] for key in (other, "hospital")]
        assert abs(np.corrcoef(pairs)[0, 1]) < 0.15


def held(texts=True):
    world, made = drawn(texts=texts)
    rows, person = made.rows, made.truth["records"]["person"].to_numpy()
    frame = {name: column(rows, name).to_pylist() for name in ("Partner", "Ref", "Name", "DOB", "Address")}
    found = {}
    for at, key in enumerate(zip(frame["Partner"], frame["Ref"], strict=True)):
        found.setdefault(key, (int(person[at]), frame["Name"][at], frame["DOB"][at], frame["Address"][at]))
    return world, found


def test_names_are_written_otherwise_as_often_as_the_model_says():
    world, found = held()
    true = identity_of(world).names().to_pylist()
    for book in books(0):
        mine = [one for (partner, _), one in found.items() if partner == book.partner]
        if "initial" in book.name:
            assert {len(re.split(r"[ ,]+", one[1])[-1 if "," in one[1] else 0]) for one in mine} == {1}
            continue
        same = []
        for person, name, *_ in mine:
            given, surname = true[person].split(" ", 1)
            styled = f"{surname}, {given}" if "surname_first" in book.name else true[person]
            same.append((styled.upper() if "capitals" in book.name else styled) == name)
        rate = by_name("records.misspelt")[book.key]
        # A quarter of the rate more are turned round; a name that has no other spelling stays as it is.
        assert rate * 0.7 < 1 - np.mean(same) < rate * 1.6 + 0.02, book.key


def test_births_fit_ages_and_are_wrong_or_missing_as_often_as_the_model_says():
    world, found = held()
    forms = {"slashes": "%d/%m/%Y", "dashes": "%Y-%m-%d", "short": "%d %b %Y"}
    born = identity_of(world).born
    on_first_day = (np.datetime64(world.first_day) - born).astype(int) / 365.25
    assert np.abs(on_first_day - world.people.age - 0.5).max() < 0.51
    wrong = {"right": 0, "swapped": 0, "year": 0, "day": 0}
    for book in books(0):
        mine = [one for (partner, _), one in found.items() if partner == book.partner]
        missing = np.mean([one[2] is None for one in mine])
        assert missing == pytest.approx(by_name("records.born_missing")[book.key], abs=0.035)
        for person, _, text, _ in mine:
            if text is not None:
                day = np.datetime64(dt.datetime.strptime(text, forms[book.born]).date())
                wrong[sort_of_slip(born[person].item(), day.item())] += 1
    rates, all_of_them = by_name("records.born_wrong"), sum(wrong.values())
    assert wrong["year"] / all_of_them == pytest.approx(rates["year"], abs=0.004)
    assert wrong["day"] / all_of_them == pytest.approx(rates["day"], abs=0.004)
    # Only days up to the twelfth can be taken for months, and one in twelve of these is the month's number.
    assert wrong["swapped"] / all_of_them == pytest.approx(rates["swapped"] * 12 / 30.4 * 11 / 12, abs=0.003)


def sort_of_slip(true, written):
    if written == true:
        return "right"
    if (written.day, written.month, written.year) == (true.month, true.day, true.year):
        return "swapped"
    if abs((written - true).days) in (365, 366):
        return "year"
    assert written - true == dt.timedelta(days=1)
    return "day"


def test_no_two_homes_share_an_address_and_each_partner_keeps_its_style():
    for which in BURGHS:
        home = addresses_of(drawn(which)[0])
        streets = np.unique(np.array(home.streets), return_inverse=True)[1][home.block]
        assert len(set(zip(streets.tolist(), home.number.tolist(), home.flat.tolist(), strict=True))) == len(
            streets
        )
    shapes = {
        "council": r"(Flat \d+, )?\d+ [\w' -]+",
        "association": r"\d+(/\d+)? [\w' -]+, QX\d+ \d[A-Z]{2}",
        "schools": r"(Flat \d+, )?\d+ [\w' -]+",
        "social_work": r"(Flat \d+, )?\d+ [\w' -]+, Invermarrow",
        "recovery": r"\d+ (\d+/\d )?[\w' -]+",
        "hospital": r"\d+ (\d+/\d )?[\w' -]+, Invermarrow, QX\d+ \d[A-Z]{2}",
    }
    _, found = held()
    shape_of = {book.partner: shapes[book.key] for book in books(0)}
    for (partner, _), (*_, address) in found.items():
        assert re.fullmatch(shape_of[partner], address), (partner, address)
