"""The reader of the register. Reading it is a reading too: each answer is entered before it is given.

How far somebody's sight reaches is decided elsewhere and passed in as `scope`: "own" is what the person
themself read, and who read what they raised; "organisation" is what people of their organisation read; "all"
is everything. What lies out of scope and what does not exist get the same answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from django.db.models import QuerySet

from lippen.errors import LippenError
from lippen.site.register import resolvers
from lippen.site.register.dialects import dialect
from lippen.site.register.merkle import inclusion_path, leaf_of
from lippen.site.register.models import Act, Alert, Checkpoint, Entry, Shown
from lippen.site.register.services import SYSTEM, Reader, Records, enter_reading

ENTRIES_A_PAGE: Final = 50
RECORDS_TOLD: Final = 200
LARGEST_EXPORT: Final = 20_000
SCOPES: Final = ("own", "organisation", "all")
SOMEBODY: Final = "Somebody who is gone"
SOMEWHERE: Final = "a partner that is gone"
PROGRAM: Final = "The program itself"


class TooMuchToTakeOut(LippenError):  # noqa: N818 - named after the event, as the others are
    """More entries than one file takes."""


@dataclass(frozen=True)
class Question:
    """What is asked for; what is left empty limits nothing. Days are in UTC, and both are included."""

    reader: str = ""
    organisation: str = ""
    data_class: str = ""
    record: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class EntrySeen:
    """An entry as a page tells it. `shown` counts the records by class of data."""

    id: int
    at: datetime
    act: str
    done: str
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
    shown: Mapping[str, int]

    @property
    def deed(self) -> str:
        """Who did what to how much: "Ailsa (Worker, Housing) read 3 people"."""
        many = " and ".join(
            f"{number:,} {resolvers.noun(name, number)}" for name, number in self.shown.items()
        )
        # What was read speaks for itself where records are named; where none is, what was asked does.
        told = many or f"nothing ({self.what})"
        if self.reader == SYSTEM.person:
            return f"{self.reader_name} {self.done} {told}"
        return f"{self.reader_name} ({self.role}, {self.organisation_name}) {self.done} {told}"

    @property
    def why(self) -> str:
        """The purpose, and the case and the agreement where there are any."""
        case = f"; case {self.case}" if self.case else ""
        agreement = f"; agreement {self.agreement}" if self.agreement else ""
        return f"{self.purpose}{case}{agreement}"

    @property
    def sentence(self) -> str:
        """Who did what, when and why, in one sentence."""
        when = f"{self.at:%H:%M} on {self.at.day} {self.at:%B %Y}"
        return f"{self.deed} at {when}: {self.why}."


@dataclass(frozen=True)
class Answer:
    """A page of entries, the newest first. `older` is the id to go on before; None at the end."""

    entries: tuple[EntrySeen, ...]
    older: int | None


@dataclass(frozen=True)
class Sealed:
    """Under which checkpoint an entry stands, and the hashes that lead from it to the signed root."""

    checkpoint: int
    at: datetime
    root: bytes
    size: int
    index: int
    position: int
    path: tuple[bytes, ...]


@dataclass(frozen=True)
class EntryOpened:
    """One entry with the records it names, at most RECORDS_TOLD of them, and its seal when it has one."""

    entry: EntrySeen
    records: tuple[tuple[str, str], ...]
    more_records: int
    digest: bytes
    sealed: Sealed | None


@dataclass(frozen=True)
class AlertSeen:
    """An alert as the panel sees it: a set of readings and why it is unusual. `question` leads to them."""

    made_at: datetime
    rule: str
    reason: str
    readings: int
    reader: str
    reader_name: str
    organisation_name: str
    first_at: datetime
    last_at: datetime
    question: Question = field(repr=False)


def entries(
    asker: Reader, scope: str, question: Question, *, before: int | None = None, purpose: str
) -> Answer:
    """A page of what the register says to this question, the newest first, before the entry of that id.

    Raises RegisterUnavailable when the reading cannot be entered.
    """
    found = _asked(_in_scope(asker, scope, question), question)
    if before is not None:
        found = found.filter(id__lt=before)
    rows = list(found.order_by("-id")[: ENTRIES_A_PAGE + 1])
    page = rows[:ENTRIES_A_PAGE]
    what = "the register, about one record" if question.record else "the register"
    _enter(asker, what, page, purpose)
    return Answer(_seen(page), page[-1].pk if len(rows) > ENTRIES_A_PAGE else None)


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


def entry(asker: Reader, scope: str, number: int, *, purpose: str) -> EntryOpened | None:
    """One entry; None when there is none of this id that the asker may see. Both answers are entered.

    Who sees it only because it names a record of theirs is told of those records alone. Raises
    RegisterUnavailable.
    """
    row = Entry.objects.filter(pk=number).first()
    only: frozenset[tuple[str, str]] | None = None
    if row is not None and not _in_scope(asker, scope, Question()).filter(pk=number).exists():
        named = row.shown.order_by("id").values_list("data_class", "record")[:RECORDS_TOLD]
        only = frozenset(one for one in named if resolvers.raised_by(*one, asker.person))
        row = row if only else None
    rows = [row] if row else []
    _enter(asker, "an entry of the register" if row else "an entry of the register, not found", rows, purpose)
    if row is None:
        return None
    (seen,) = _seen(rows)
    if only is not None:
        records, more = tuple(sorted(only)), 0
    else:
        records = tuple(
            row.shown.order_by("data_class", "record").values_list("data_class", "record")[:RECORDS_TOLD]
        )
        more = row.shown_count - len(records)
    return EntryOpened(seen, records, max(more, 0), bytes(row.digest), _sealed(row))


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
        _records([str(one) for one in ids], readers),
        purpose=purpose,
    )
    return _each(ids)


def alerts(asker: Reader, *, purpose: str) -> tuple[AlertSeen, ...]:
    """The newest alerts about unusual reading, for the panel. Raises RegisterUnavailable."""
    rows = list(Alert.objects.order_by("-made_at", "-id")[:ENTRIES_A_PAGE])
    enter_reading(
        asker,
        Act.CONSULTATION,
        "alerts about unusual reading",
        _records([], {row.reader for row in rows}),
        purpose=purpose,
    )
    people = resolvers.names(resolvers.PEOPLE, {row.reader for row in rows})
    organisations = resolvers.names(resolvers.ORGANISATIONS, {row.organisation for row in rows})
    return tuple(
        AlertSeen(
            row.made_at,
            row.rule,
            row.reason,
            row.readings,
            row.reader,
            people.get(row.reader, SOMEBODY),
            organisations.get(row.organisation, SOMEWHERE),
            row.first_at,
            row.last_at,
            Question(reader=row.reader, since=row.first_at.date(), until=row.last_at.date()),
        )
        for row in rows
    )


def _in_scope(asker: Reader, scope: str, question: Question) -> QuerySet[Entry]:
    if scope not in SCOPES:
        raise ValueError(f"a scope is one of {', '.join(SCOPES)}, and not {scope!r}")
    if scope == "all":
        return Entry.objects.all()
    if question.record and resolvers.raised_by(question.data_class, question.record, asker.person):
        return Entry.objects.all()
    if scope == "organisation":
        return Entry.objects.filter(organisation=asker.organisation)
    return Entry.objects.filter(reader=asker.person)


def _asked(found: QuerySet[Entry], question: Question) -> QuerySet[Entry]:
    if question.reader:
        found = found.filter(reader=question.reader)
    if question.organisation:
        found = found.filter(organisation=question.organisation)
    if question.record:
        named = Shown.objects.filter(data_class=question.data_class, record=question.record)
        found = found.filter(pk__in=named.values("entry"))
    elif question.data_class:
        found = found.filter(pk__in=Shown.objects.filter(data_class=question.data_class).values("entry"))
    if question.since:
        found = found.filter(at__gte=datetime.combine(question.since, time.min, UTC))
    if question.until:
        found = found.filter(at__lt=datetime.combine(question.until, time.min, UTC) + timedelta(days=1))
    return found


def _enter(asker: Reader, what: str, rows: list[Entry], purpose: str) -> None:
    records = _records([str(row.pk) for row in rows], {row.reader for row in rows})
    enter_reading(asker, Act.CONSULTATION, what, records, purpose=purpose)


def _records(ids: list[str], readers: Iterable[str]) -> list[Records]:
    """The entries shown, and the people whose names stand beside them: that is a reading about staff too."""
    named = tuple(sorted(resolvers.names(resolvers.PEOPLE, set(readers))))
    return [Records("register", tuple(ids)), Records("staff", named)]


def _each(ids: list[int]) -> Iterator[EntrySeen]:
    for start in range(0, len(ids), 500):
        rows = Entry.objects.filter(pk__in=ids[start : start + 500]).order_by("-id")
        yield from _seen(list(rows))


def _seen(rows: list[Entry]) -> tuple[EntrySeen, ...]:
    people = resolvers.names(resolvers.PEOPLE, {row.reader for row in rows})
    organisations = resolvers.names(resolvers.ORGANISATIONS, {row.organisation for row in rows})
    roles = resolvers.names(resolvers.ROLES, {row.role for row in rows})
    counts: dict[int, Counter[str]] = {row.pk: Counter() for row in rows}
    for number, data_class in Shown.objects.filter(entry__in=list(counts)).values_list("entry", "data_class"):
        counts[number][data_class] += 1
    return tuple(
        EntrySeen(
            id=row.pk,
            at=row.at,
            act=row.act,
            done=Act(row.act).label,
            reader=row.reader,
            reader_name=PROGRAM if row.reader == SYSTEM.person else people.get(row.reader, SOMEBODY),
            role=roles.get(row.role, row.role),
            organisation=row.organisation,
            organisation_name=organisations.get(row.organisation, SOMEWHERE),
            regime=row.regime,
            what=row.what,
            purpose=row.purpose,
            case=row.case,
            agreement=row.agreement,
            shown=dict(sorted(counts[row.pk].items())),
        )
        for row in rows
    )


def _sealed(row: Entry) -> Sealed | None:
    field_ = dialect().position
    at = getattr(row, field_)
    over = (
        Checkpoint.objects.filter(to_position__gte=at, from_position__lte=at).order_by("to_position").first()
    )
    if over is None:
        return None
    within = Entry.objects.filter(**{f"{field_}__range": (over.from_position, over.to_position)})
    leaves = list(within.order_by(field_, "id").values_list(field_, "id", "digest"))
    index = next(number for number, leaf in enumerate(leaves) if leaf[1] == row.pk)
    path = inclusion_path([leaf_of(*leaf) for leaf in leaves], index)
    return Sealed(over.number, over.at, bytes(over.root), len(leaves), index, at, tuple(path))
