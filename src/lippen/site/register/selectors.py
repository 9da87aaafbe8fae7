"""The reader of the register. Reading it is a reading too: each answer is entered before it is given.

How far somebody's sight reaches is decided elsewhere and passed in as `scope`: "alone" is what the person
themself read, and names nobody else; "own" is that, and who read what they raised; "organisation" is what
people of their organisation read; "all" is everything. What lies out of scope and what does not exist get
the same answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import QuerySet
from django.utils import timezone

from lippen.errors import LippenError
from lippen.site.register import days, resolvers
from lippen.site.register.commitments import without
from lippen.site.register.models import Act, Entry, Shown
from lippen.site.register.proofs import Sealed, sealed
from lippen.site.register.services import Reader, Records, enter_reading
from lippen.site.register.told import IN_ORDER, EntrySeen, Telling

ENTRIES_A_PAGE: Final = 50
RECORDS_TOLD: Final = 200
LARGEST_EXPORT: Final = 20_000
SCOPES: Final = ("alone", "own", "organisation", "all")


NamesWithin = Callable[[Iterable[str]], Mapping[str, str]]
"""From references of people to the names of those whose records the asker may open by other ways too."""


class TooMuchToTakeOut(LippenError):
    """More entries than one file takes."""


@dataclass(frozen=True)
class Question:
    """What is asked for; what is left empty limits nothing. Days are by the site's own clock, both included.

    `name` is what a reader's name holds, `but_purpose` a purpose whose lines are left out.
    """

    reader: str = ""
    name: str = ""
    act: str = ""
    but_purpose: str = ""
    organisation: str = ""
    data_class: str = ""
    record: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Answer:
    """A page of entries, the newest first, as it was at that moment. `older` is the id to go on before; None
    at the end. `newer` says that the page does not begin with the newest. `record_name` is whom the record
    that was asked for is about, where the asker may know.
    """

    entries: tuple[EntrySeen, ...]
    older: int | None
    newer: bool
    at: datetime
    record_name: str


@dataclass(frozen=True)
class EntryOpened:
    """One entry with the records it names, at most RECORDS_TOLD of them, and its seal when it has one.

    `names` are those of the people among the records whom the asker may know.
    """

    entry: EntrySeen
    records: tuple[tuple[str, str], ...]
    more_records: int
    names: Mapping[str, str]
    digest: bytes
    sealed: Sealed | None


def acts() -> list[tuple[str, str]]:
    """What an entry can be of: each value with its word for a list to choose from."""
    return [(one.value, one.label.capitalize()) for one in Act]


def _nobody(refs: Iterable[str]) -> Mapping[str, str]:
    return {}


def entries(
    asker: Reader,
    scope: str,
    question: Question,
    *,
    before: int | None = None,
    purpose: str,
    names_within: NamesWithin = _nobody,
) -> Answer:
    """A page of what the register says to this question, the newest first, before the entry of that id.

    Who is named as the one whom the record asked for is about is entered as read too. Raises
    RegisterUnavailable when the reading cannot be entered.
    """
    found = _asked(_in_scope(asker, scope, question), question)
    newer = False
    if before is not None:
        newer = found.filter(id__gte=before).exists()
        found = found.filter(id__lt=before)
    rows = list(found.order_by("-id")[: ENTRIES_A_PAGE + 1])
    page = rows[:ENTRIES_A_PAGE]
    what = "the register, about one record" if question.record else "the register"
    telling = Telling(asker, scope, page)
    about = names_within([question.record]) if question.data_class == "staff" and question.record else {}
    at = timezone.now()
    _enter(asker, what, page, telling.people | about.keys(), purpose)
    older = page[-1].pk if len(rows) > ENTRIES_A_PAGE else None
    return Answer(telling.told(), older, newer, at, about.get(question.record, ""))


def readings_of(
    asker: Reader, data_class: str, record: str, *, before: int | None = None, purpose: str
) -> Answer:
    """Who read, changed or shared one record that the asker raised, or that is about them.

    For anybody else, and for a record that does not exist, it is what the asker themself did with it. Raises
    RegisterUnavailable when the reading cannot be entered.
    """
    return entries(
        asker, "own", Question(data_class=data_class, record=record), before=before, purpose=purpose
    )


def entry(
    asker: Reader, scope: str, number: int, *, purpose: str, names_within: NamesWithin = _nobody
) -> EntryOpened | None:
    """One entry; None when there is none of this id that the asker may see. Both answers are entered, with
    whoever is named beside a record.

    Who sees it only because it names a record of theirs is told of those records alone. Raises
    RegisterUnavailable.
    """
    row = Entry.objects.filter(pk=number).first()
    only: tuple[tuple[str, str], ...] | None = None
    if row is not None and not _in_scope(asker, scope, Question()).filter(pk=number).exists():
        named = row.shown.order_by(*IN_ORDER).values_list("data_class", "record")
        only = tuple(one for one in named if resolvers.raised_by(*one, asker.person))
        row = row if only else None
    if row is None:
        _enter(asker, "an entry of the register, not found", [], (), purpose)
        return None
    if only is not None:
        records, more = only[:RECORDS_TOLD], len(only) - RECORDS_TOLD
    else:
        named = without(row.shown.all()).order_by(*IN_ORDER).values_list("data_class", "record")
        records = tuple(named[:RECORDS_TOLD])
        more = named.count() - len(records)
    telling = Telling(asker, scope, [row])
    names = names_within([record for data_class, record in records if data_class == "staff"])
    _enter(asker, "an entry of the register", [row], telling.people | names.keys(), purpose)
    (seen,) = telling.told()
    return EntryOpened(seen, records, max(more, 0), names, bytes(row.digest), sealed(row))


def entries_to_take_out(
    asker: Reader, scope: str, question: Question, *, purpose: str
) -> Iterator[EntrySeen]:
    """Everything the register says to this question, entered as a whole before the first entry is given.

    Raises TooMuchToTakeOut before that when it is more than LARGEST_EXPORT; RegisterUnavailable.
    """
    found = _asked(_in_scope(asker, scope, question), question).order_by("-id")
    ids = list(found.values_list("id", flat=True)[: LARGEST_EXPORT + 1])
    if len(ids) > LARGEST_EXPORT:
        raise TooMuchToTakeOut(
            f"this is more than {LARGEST_EXPORT:,} entries, which is the most that one file takes",
            remedy="Ask for fewer days at a time.",
        )
    readers = set(found.order_by("reader").values_list("reader", flat=True).distinct())
    enter_reading(
        asker,
        Act.DISCLOSURE,
        "the register, taken out as a file",
        records_of([str(one) for one in ids], readers),
        purpose=purpose,
    )
    return _each(asker, scope, ids)


def _in_scope(asker: Reader, scope: str, question: Question) -> QuerySet[Entry]:
    if scope not in SCOPES:
        raise ValueError(f"a scope is one of {', '.join(SCOPES)}, and not {scope!r}")
    if scope == "all":
        return Entry.objects.all()
    if scope == "alone":
        return Entry.objects.filter(reader=asker.person)
    if question.record and resolvers.raised_by(question.data_class, question.record, asker.person):
        return Entry.objects.all()
    if scope == "organisation":
        return Entry.objects.filter(organisation=asker.organisation)
    return Entry.objects.filter(reader=asker.person)


def _asked(found: QuerySet[Entry], question: Question) -> QuerySet[Entry]:
    if question.reader:
        found = found.filter(reader=question.reader)
    if question.name:
        found = found.filter(reader__in=resolvers.people_called(question.name))
    if question.act:
        found = found.filter(act=question.act)
    if question.but_purpose:
        found = found.exclude(purpose=question.but_purpose)
    if question.organisation:
        found = found.filter(organisation=question.organisation)
    if question.record:
        named = Shown.objects.filter(data_class=question.data_class, record=question.record)
        found = found.filter(pk__in=named.values("entry"))
    elif question.data_class:
        found = found.filter(pk__in=Shown.objects.filter(data_class=question.data_class).values("entry"))
    if question.since:
        found = found.filter(at__gte=days.begins(question.since))
    if question.until:
        found = found.filter(at__lt=days.ends(question.until))
    return found


def _enter(asker: Reader, what: str, rows: list[Entry], people: Iterable[str], purpose: str) -> None:
    records = records_of([str(row.pk) for row in rows], people)
    enter_reading(asker, Act.CONSULTATION, what, records, purpose=purpose)


def records_of(ids: list[str], readers: Iterable[str]) -> list[Records]:
    """The entries shown, and the people whose names stand beside them: that is a reading about staff too."""
    named = tuple(sorted(resolvers.names(resolvers.PEOPLE, set(readers))))
    return [Records("register", tuple(ids)), Records("staff", named)]


def _each(asker: Reader, scope: str, ids: list[int]) -> Iterator[EntrySeen]:
    for start in range(0, len(ids), 500):
        rows = list(Entry.objects.filter(pk__in=ids[start : start + 500]).order_by("-id"))
        yield from Telling(asker, scope, rows, naming=False).told()
