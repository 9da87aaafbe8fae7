"""Word back: an answer sealed and signed in the browser goes into the resident's mailbox.

The site cannot read an answer, so it cannot see whether one holds a worker's own words. The page has those go
through a second person (`answer_drafts`).
"""

from __future__ import annotations

import base64
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from django.db import transaction

from lippen.site.accounts.acting import Acting
from lippen.site.accounts.roles import locked
from lippen.site.accounts.said import Refusal
from lippen.site.desk.fetching import must_have_fetched, week_of
from lippen.site.desk.models import Answered, Decision, Matter
from lippen.site.desk.own_desk import must, store, today
from lippen.site.desk.sealed_ids import is_sealed_id
from lippen.site.register.models import Act
from lippen.site.register.services import Records, enter_change
from lippen.site.speak.envelope import PACKED, EnvelopeRefused, unpack

PURPOSE: Final = "to bring word back to whoever told the desk"


OWN_ALONE: Final = "own-words"
"""Stands in the place of a template's id where an answer is a worker's own words alone."""


class AnswerRefused(Refusal):
    """This cannot be answered, closed or decided so."""


@dataclass(frozen=True)
class Template:
    """An answer that stands ready. `claims` is what it says of a report, which has to be so to send it.
    `where_named` says whether it is offered only where the resident named somebody who must not see it, or
    only where not; None offers it to all.
    """

    ident: str
    title: str
    text: str
    claims: str
    where_named: bool | None = None


@cache
def templates() -> tuple[Template, ...]:
    """The answers that stand ready, in their order."""
    told = tomllib.loads(resources.files("lippen.site.desk").joinpath("answers.toml").read_text("utf-8"))
    return tuple(Template(ident, **one) for ident, one in told.items())


def answer(
    acting: Acting, report: str, mailbox: str, packed: str, taking: Callable[[], None] = lambda: None
) -> None:
    """Put a packed answer (base64) into a resident's mailbox (32 hexadecimal digits).

    The mailbox is kept nowhere here, and the same happens whether there is one or not. It is entered first,
    and the report counts as answered last: whatever fails between, nobody believes that word went back which
    did not, and the same can be done again. `taking` is called in the transaction in which it is entered, to
    take what waits to be sent, so that nobody else does.

    Raises PermissionError, NoDesk, ReportUnknown, FetchRefused, and AnswerRefused while a stop on answers
    stands or for what is no sealed answer.
    """
    must(acting, "write", "desk")
    week_of(acting, report)
    must_have_fetched(acting, report)
    if not is_sealed_id(mailbox):
        raise AnswerRefused("this is no mailbox")
    sealed = _sealed(packed)
    with transaction.atomic(durable=True):
        locked(acting)
        if Decision.objects.filter(report=report, matter=Matter.ADVICE, agreed_by="").exists():
            raise AnswerRefused(
                "answers are stopped until advice was taken, and two of the desk say so",
                remedy="Take legal advice first.",
            )
        taking()
        enter_answer(acting)
    store().answer(bytes.fromhex(mailbox), sealed)
    Answered.objects.get_or_create(
        report=report, defaults={"organisation": acting.organisation.ref, "on": today()}
    )


def enter_answer(acting: Acting) -> None:
    """Enter that somebody of this desk sealed an answer: to send it, or for a colleague to send.

    The two are entered alike, and without the report: the register would tell how often each was answered,
    which nobody is to learn of a mailbox.
    """
    enter_about_answers(acting, "an answer to a resident")


def enter_about_answers(acting: Acting, what: str, act: Act = Act.ALTERATION) -> None:
    """Enter what somebody did about an answer, with their desk and no report."""
    enter_change(acting.reader, act, what, of_the_desk(acting), purpose=PURPOSE)


def of_the_desk(acting: Acting) -> list[Records]:
    """What the register says that an answer is about: the desk."""
    return [Records("desk", (acting.organisation.ref,))]


def _sealed(packed: str) -> bytes:
    if re.fullmatch(r"[A-Za-z0-9+/]*={0,2}", packed):
        try:
            sealed = base64.b64decode(packed, validate=True)
            unpack(sealed)
        except (ValueError, EnvelopeRefused):
            sealed = b""
        if len(sealed) == PACKED:
            return sealed
    raise AnswerRefused("this answer is not sealed, so it is not sent")
