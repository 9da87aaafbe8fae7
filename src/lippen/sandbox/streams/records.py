"""Partners' own files: what landlords, schools and services wrote of homes and people, an entry a row."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow as pa

from lippen.sandbox.chance import LOTS, Ints, in_order
from lippen.sandbox.naming import words
from lippen.sandbox.streams.clock import dates
from lippen.sandbox.streams.drawn import Drawn, coded, gathered, running_numbers
from lippen.sandbox.streams.partners import books, identity_of, lines_of, references, written
from lippen.sandbox.streams.records_entries import Entries, sorts_named, together
from lippen.sandbox.streams.records_housing import Payments, rents, repairs, tenancies
from lippen.sandbox.streams.records_schools import absences
from lippen.sandbox.streams.records_services import contacts
from lippen.sandbox.streams.records_truth import homes_table, people_table, roles_table
from lippen.sandbox.world import World


def draw(world: World, texts: bool) -> Drawn:
    """The entries of all partners of one burgh in the order in which they were written down.

    Truth: `records` (record_id, person, home), `people`, `homes` (those taken over) and `roles`; persons and
    homes are numbers within the burgh. Without `texts`, names, dates of birth, addresses and details are left
    out.
    """
    let = tenancies(world)
    rent, payments = rents(world, let)
    entries = together(rent, repairs(world, let), absences(world), contacts(world))
    order = in_order(entries.day, entries.order)
    details = _details(entries, payments).take(pa.array(order)) if texts else None
    entries = entries.only(order)
    day = entries.day.astype(np.int64)
    numbers = running_numbers(world.burgh, len(entries))
    place, people = world.place, world.people
    lines, line = lines_of(world, entries.book, entries.person, entries.line)
    area = people.area[entries.person]
    columns = {
        "Entry No": pa.array(numbers),
        "Partner": coded([one.partner for one in books(world.burgh)], entries.book),
        "Type": coded([one["label"] for one in words("records.toml")["entry"]], entries.sort),
        "Date": dates(world.first_day, day),
        "Ref": pa.DictionaryArray.from_arrays(pa.array(line.astype(np.int32)), references(world, lines)),
    }
    names = None
    if texts:
        who = identity_of(world)
        names, held = who.names(), written(world, lines, who)
        columns |= {
            "Name": gathered(held.name, line),
            "DOB": gathered(held.born, line),
            "Address": gathered(held.address, line),
        }
    columns |= {
        "Data Zone": coded(place.codes, area),
        "Ward": coded(place.larger_names, place.larger_of[area]),
    }
    if details is not None:
        columns["Details"] = details
    columns |= {
        "Amount": pa.array(entries.pence / 100, mask=entries.pence < 0),
        "Count": pa.array(entries.count.astype(np.int32), mask=entries.count < 0),
    }
    truth = {
        "records": pa.table(
            {
                "record_id": pa.array(numbers),
                "person": pa.array(entries.person),
                "home": pa.array(people.home.astype(np.int32)[entries.person]),
            }
        ),
        "people": people_table(world, names),
        "homes": homes_table(world),
        "roles": roles_table(world),
    }
    return Drawn("record", pa.table(columns), truth)


@lru_cache
def _said() -> tuple[pa.Array, Ints, Ints]:
    """Every detail that an entry can have, and where those of each sort begin and how many they are."""
    made = [
        [
            f"{what}, {then}"
            for part in (one, *one.get("apart", ()))
            for what in part["what"]
            for then in part["then"]
        ]
        for one in words("records.toml")["entry"]
    ]
    count = np.array([len(one) for one in made])
    return pa.array([text for one in made for text in one], pa.string()), np.cumsum(count) - count, count


def _details(entries: Entries, payments: Payments) -> pa.DictionaryArray:
    """What each entry says; `payments` belong to the rent entries, which come first."""
    said, start, count = _said()
    code = start[entries.sort] + entries.said * count[entries.sort] // LOTS
    accounts, rows = len(payments.paid), entries.sort == sorts_named("rent")[0]
    texts, row = _rent_details(payments)
    assert rows[:accounts].all()  # noqa: S101 - the order in which draw puts them together
    code[:accounts] = len(said) + row
    return gathered(pa.concat_arrays([said, texts]), code)


def _rent_details(payments: Payments) -> tuple[pa.Array, Ints]:
    """The distinct texts of rent accounts and which of them each entry has."""
    rent = words("records.toml")["rent"]
    ways, forms, nothing = rent["ways"], rent["paid"], rent["nothing"]
    form = payments.form.astype(np.int64) * len(forms) // LOTS
    key = (payments.paid * len(ways) + payments.way) * len(forms) + form
    key = np.where(payments.paid > 0, key, form)
    used = np.zeros(int(key.max(initial=0)) + 1, dtype=bool)
    used[key] = True
    found = np.flatnonzero(used)
    rest, of_form = np.divmod(found, len(forms))
    paid, way = np.divmod(rest, len(ways))
    texts = [
        forms[f].format(p, ways[w]) if p else nothing[f % len(nothing)]
        for p, w, f in zip(paid.tolist(), way.tolist(), of_form.tolist(), strict=True)
    ]
    return pa.array(texts, pa.string()), (np.cumsum(used) - 1)[key]
