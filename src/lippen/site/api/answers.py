"""What stands in an answer. Each row says how it may be handled; none has a number about a person.

Each names again, on purpose, what of a row leaves the site: what is added to a row later stays in.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Self

from ninja import Schema

from lippen.site.accounts.selectors import OrganisationSeen, PersonSeen
from lippen.site.handling import Handling
from lippen.site.insight.counts_selectors import Cell
from lippen.site.register.selectors import EntryOpened
from lippen.site.register.told import EntrySeen


class RoleOut(Schema):
    """A role: its name in the rules, and what a page calls it."""

    role: str
    role_title: str
    organisation: str
    since: date
    until: date | None


class PersonOut(Schema):
    handling: str
    ref: str
    name: str
    email: str
    roles: list[RoleOut]

    @classmethod
    def of(cls, person: PersonSeen) -> Self:
        organisation = person.roles[-1].organisation if person.roles else ""
        told = {
            **asdict(person),
            "roles": [{**asdict(one), "role_title": one.title} for one in person.roles],
            "handling": _handling("staff", person.regime, organisation),
        }
        return cls.model_validate(told)


class PeopleOut(Schema):
    """One page of people. `next` is where the next page is, null on the last."""

    count: int
    page: int
    next: str | None
    people: list[PersonOut]


class OrganisationOut(Schema):
    handling: str
    ref: str
    name: str
    kind: str
    regime: str
    closed_on: date | None

    @classmethod
    def of(cls, one: OrganisationSeen) -> Self:
        return cls.model_validate(
            {**asdict(one), "handling": _handling("organisation", one.regime, one.name)}
        )


class OrganisationsOut(Schema):
    organisations: list[OrganisationOut]


class EntryOut(Schema):
    """An entry of the register. `shown` counts the records that it showed, by class of data."""

    handling: str
    id: int
    at: datetime
    act: str
    reader: str
    reader_name: str
    role: str
    organisation: str
    organisation_name: str
    regime: str
    what: str
    purpose: str
    case: str
    agreement: str
    shown: dict[str, int]

    @classmethod
    def of(cls, one: EntrySeen) -> Self:
        handling = _handling("register", one.regime, one.organisation_name)
        return cls.model_validate({**asdict(one), "handling": handling})


class CellOut(Schema):
    """A count of five or more: incidents of a kind in a larger area and a quarter, named by its first day."""

    handling: str
    larger_area: str
    quarter: date
    kind: str
    incidents: int

    @classmethod
    def of(cls, cell: Cell, handling: Handling) -> Self:
        return cls.model_validate({**cell, "handling": str(handling)})


class CountsOut(Schema):
    """One page of counts, by larger area, quarter and kind. `at_least` is the sum of all that were asked for,
    null where none is told: smaller counts are left out of it. `next` is where the next page is.
    """

    at_least: int | None
    count: int
    page: int
    next: str | None
    counts: list[CellOut]


class RecordOut(Schema):
    data_class: str
    record: str


class EntryOpenedOut(Schema):
    """One entry with the records that it showed; `more_records` were shown too and are not named here."""

    entry: EntryOut
    records: list[RecordOut]
    more_records: int

    @classmethod
    def of(cls, opened: EntryOpened) -> Self:
        return cls(
            entry=EntryOut.of(opened.entry),
            records=[RecordOut(data_class=name, record=one) for name, one in opened.records],
            more_records=opened.more_records,
        )


class EntriesOut(Schema):
    """One page of the register, the newest first. `next` is where the older ones are, null at the end."""

    next: str | None
    entries: list[EntryOut]


class DataOut(Schema):
    name: str
    title: str
    what: str
    about_people: bool
    built: bool


class RoleRules(Schema):
    name: str
    title: str
    who: str
    organisations: list[str]
    second_factor: bool


class RuleOut(Schema):
    roles: list[str]
    verbs: list[str]
    data: list[str]
    regimes: list[str]
    scope: str
    why: str


class NeverOut(Schema):
    kinds: list[str]
    roles: list[str]
    data: list[str]
    why: str


class PermissionsOut(Schema):
    """The rules that the program checks, as they stand in its file."""

    scopes: dict[str, str]
    roles: list[RoleRules]
    data: list[DataOut]
    rules: list[RuleOut]
    nevers: list[NeverOut]


def _handling(data_class: str, regime: str, organisation: str) -> str:
    return str(Handling(data_class, regime, organisation))
