"""Entries as a page tells them: in sentences, with the names that the asker may learn from them.

Of a line within the asker's own reach all records are named; of any other, which they see because it is about
a record of theirs, that record alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models.functions import Length
from django.utils import timezone

from lippen.site.register import resolvers
from lippen.site.register.commitments import without
from lippen.site.register.models import Act, Entry, Shown
from lippen.site.register.services import SYSTEM, Reader

SOMEBODY: Final = "Somebody who is gone"
SOMEWHERE: Final = "a partner that is gone"
PROGRAM: Final = "The program itself"
THIS_SITE: Final = "this site"
IN_ORDER: Final = ("data_class", Length("record"), "record")
"""How records of an entry are told: 2 before 10, which text alone would turn round."""

NAMED: Final = 3
"""A line names at most so many people; of more it says how many."""


@dataclass(frozen=True)
class EntrySeen:
    """An entry as a page tells it. `shown` counts the records by class of data; `records` are those that the
    asker may know of, as class and reference. `words` say what was done, "" where act and counts say it.
    """

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
    records: tuple[tuple[str, str], ...]
    words: str

    @property
    def who(self) -> str:
        """Who did it, in what role and for whom: "Ailsa (Worker, Housing)"."""
        for_whom = ", ".join(one for one in (self.role, self.organisation_name) if one)
        return f"{self.reader_name} ({for_whom})" if self.reader != SYSTEM.person else self.reader_name

    @property
    def done_to(self) -> str:
        """What was done to how much: "read 3 people: people, searched by name"."""
        if self.words:
            return self.words
        many = " and ".join(
            f"{number:,} {resolvers.noun(name, number)}" for name, number in self.shown.items()
        )
        if not many:
            return f"{self.done} nothing ({self.what})"
        nouns = {resolvers.noun(name, number) for name in self.shown for number in (1, 2)}
        known = self.what == "the register" or self.what.removeprefix("a ") in nouns
        return f"{self.done} {many}" if known else f"{self.done} {many}: {self.what}"

    @property
    def why_no_record(self) -> str:
        """Why a reading that names no record names none; "" for a deed, which need not be about a record."""
        if self.act in (Act.ALTERATION, Act.ERASURE):
            return ""
        if self.what.startswith("refused: "):
            return "It names no record: what was asked for was refused."
        if self.what.endswith(", not found"):
            return "It names no record: what was asked for was not there."
        return "It names no record: none was shown."

    @property
    def deed(self) -> str:
        """Who did what: "Ailsa (Worker, Housing) read 3 people"."""
        return f"{self.who} {self.done_to}"

    @property
    def why(self) -> str:
        """The purpose, and the case and the agreement where there are any."""
        case = f"; case {self.case}" if self.case else ""
        agreement = f"; agreement {self.agreement}" if self.agreement else ""
        return f"{self.purpose}{case}{agreement}"

    @property
    def sentence(self) -> str:
        """Who did what, when by the site's own clock, and why, in one sentence."""
        at = timezone.localtime(self.at)
        return f"{self.deed} at {at:%H:%M} on {at.day} {at:%B %Y}: {self.why}."


class Telling:
    """Entries on their way to an asker whose sight reaches as far as `scope` says (`selectors`).

    `naming` is false for a file, which holds the references of those whom an act was about and not their
    names.
    """

    def __init__(self, asker: Reader, scope: str, rows: Sequence[Entry], *, naming: bool = True) -> None:
        self._rows = rows
        self._counts: defaultdict[int, Counter[str]] = defaultdict(Counter)
        self._records: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
        within = {row.pk for row in rows if reaches(asker, scope, row)}
        shown = without(Shown.objects.filter(entry__in=[row.pk for row in rows])).order_by(*IN_ORDER)
        for number, data_class, record in shown.values_list("entry", "data_class", "record"):
            self._counts[number][data_class] += 1
            if number in within or resolvers.raised_by(data_class, record, asker.person):
                self._records[number].append((data_class, record))
        self._whom = {row.pk: self._of(row, "staff") for row in rows if naming and _names_whom(row)}

    @property
    def people(self) -> frozenset[str]:
        """References of those whose names stand in what is told: that is a reading about them too."""
        few = (refs for refs in self._whom.values() if len(refs) <= NAMED)
        return frozenset(row.reader for row in self._rows).union(*few)

    def told(self) -> tuple[EntrySeen, ...]:
        """The entries, in the order given."""
        people = resolvers.names(resolvers.PEOPLE, self.people)
        places = {ref for row in self._rows for ref in (row.organisation, *self._of(row, "organisation"))}
        organisations = resolvers.names(resolvers.ORGANISATIONS, places)
        roles = resolvers.names(resolvers.ROLES, {row.role for row in self._rows})
        return tuple(self._seen(row, people, organisations, roles) for row in self._rows)

    def _seen(
        self,
        row: Entry,
        people: Mapping[str, str],
        organisations: Mapping[str, str],
        roles: Mapping[str, str],
    ) -> EntrySeen:
        program = row.reader == SYSTEM.person
        where = " and ".join(organisations.get(ref, SOMEWHERE) for ref in self._of(row, "organisation"))
        itself = self._of(row, "staff") == [row.reader]
        return EntrySeen(
            id=row.pk,
            at=row.at,
            act=row.act,
            done=Act(row.act).label,
            reader=row.reader,
            reader_name=PROGRAM if program else people.get(row.reader, SOMEBODY),
            role="" if program else roles.get(row.role, row.role),
            organisation=row.organisation,
            organisation_name=THIS_SITE if program else organisations.get(row.organisation, SOMEWHERE),
            regime=row.regime,
            what=row.what,
            purpose=row.purpose,
            case=row.case,
            agreement=row.agreement,
            shown=dict(sorted(self._counts[row.pk].items())),
            records=tuple(self._records[row.pk]),
            words=resolvers.in_words(row.what, row.role, self._named(row, people), where, itself),
        )

    def _of(self, row: Entry, data_class: str) -> list[str]:
        return [record for of, record in self._records[row.pk] if of == data_class]

    def _named(self, row: Entry, people: Mapping[str, str]) -> str:
        """Whom the act was about, as a sentence names them."""
        refs = self._whom.get(row.pk, [])
        if len(refs) > NAMED:
            return f"{len(refs):,} {resolvers.noun('staff', len(refs))}"
        return " and ".join(people.get(ref, "somebody") for ref in refs) or "somebody"


def reaches(asker: Reader, scope: str, row: Entry) -> bool:
    """Whether an entry lies within this scope, and not only because it names a record of the asker's."""
    if scope == "organisation":
        return row.organisation == asker.organisation
    return scope == "all" or row.reader == asker.person


def _names_whom(row: Entry) -> bool:
    """Acts tell about whom they were. What was only read is told in numbers: a list would name everybody."""
    return row.act in (Act.ALTERATION, Act.ERASURE)
