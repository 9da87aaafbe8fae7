"""The verbs of the room: to tell what was seen for sale, to let a sighting wait that came another way, to
take back what still waits, and to erase. With `together` the only writer of what waits.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from functools import partial
from typing import Final

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from lippen.errors import LippenError
from lippen.signals.folding import fold
from lippen.site.accounts.acting import Acting
from lippen.site.accounts.models import Organisation
from lippen.site.accounts.roles import locked
from lippen.site.insight.holding import holder_of
from lippen.site.register.models import Act, Entry
from lippen.site.register.services import Records, enter_change
from lippen.site.sightings import accounts_named
from lippen.site.sightings.limits import (
    A_DAY,
    ACCOUNTS_A_DAY,
    AREA,
    BATCH,
    HOLDS,
    MOST_ACCOUNTS,
    PRICE,
    PRODUCT,
    QUANTITY,
    WORDS,
)
from lippen.site.sightings.models import AccountsNamed, Channel, SeenBy, Telling, Waiting
from lippen.site.sightings.redacting import redacted
from lippen.site.sightings.told import Told

TELLING: Final = "to tell what was seen for sale"

# How the register names what is done here; `deeds` has the words for it.
_TOLD: Final = "a sighting told"
_COMPARED: Final = "accounts compared"
_STOPPED: Final = "a sighting stopped"
_TAKEN_BACK: Final = "a sighting taken back"


class NobodyTakesThem(LippenError):
    """No organisation takes sightings here, or another one than whoever told it was shown."""


class NamedBefore(LippenError):
    """An account was named here this month already, so nothing was kept."""


class CannotBeCompared(LippenError):
    """Whether an account was named before cannot be told now, so nothing was kept."""


class ToldTooOften(LippenError):
    """Somebody told as much in a day as one can."""


class NamedTooOften(LippenError):
    """Somebody named as many accounts in a day as one can. Nothing was compared."""


class SentBefore(LippenError):
    """The form was sent before, by somebody else or by whoever took it back, so nothing was kept."""


class ToldTheSame(LippenError):
    """The same of one's own waits already, and nobody said that this is another."""


class SightingUnknown(LippenError):
    """No such sighting of one's own waits: it went on, or was taken back."""


def takes_them() -> Organisation | None:
    """The organisation to which sightings go; None where nobody takes any."""
    holder = holder_of(HOLDS)
    return holder if holder is not None and holder.closed_on is None else None


def tell(
    acting: Acting, told: Told, accounts: Collection[str], *, shown: str, once: str, another: bool = False
) -> None:
    """Let what somebody tells wait until it goes on with others.

    `accounts` are the digests of the accounts that stood in it (`redacting`), `shown` the reference of the
    organisation to which the form said that it goes, and `once` that of the form: sent twice, it counts once.
    `another` says that it was seen beside one that reads the same.

    Whatever can refuse it does so before anything is compared. What was compared is then committed by itself:
    it counts and stands in the register, whatever becomes of the rest.

    Raises PermissionError; NobodyTakesThem; ToldTheSame; SentBefore; ToldTooOften; NamedTooOften;
    NamedBefore, and then nothing is kept but that somebody tried; CannotBeCompared; ValueError as `let_wait`,
    and for more accounts than MOST_ACCOUNTS.
    """
    _must_tell(acting)
    texts = _texts_of(told, shown)
    if not another and _waits_already(acting, told, texts, once):
        raise ToldTheSame(
            "you have told the same already, and it still waits",
            remedy="Is it another? Tick so above the button. If it is not, there is nothing to send.",
        )
    named = frozenset(accounts)
    if len(named) > MOST_ACCOUNTS:
        raise ValueError(f"a sighting has at most {MOST_ACCOUNTS} accounts")
    if _stopped(acting, named, once):
        raise NamedBefore("somebody here named this account this month already")
    about = [Records("sighting", (once,))]
    with transaction.atomic():
        locked(acting)
        done = _done_with(acting, once)
        if _TOLD in done:
            return
        if _COMPARED not in done:  # else it was counted then
            _count(acting, 0)
        let_wait(told, seen_by=SeenBy.WORKER, goes_to=shown, by=acting.person.ref, ref=once)
        enter_change(acting.reader, Act.ALTERATION, _TOLD, about, purpose=TELLING)


def let_wait(told: Told, *, seen_by: SeenBy, goes_to: str, by: str = "", ref: str = "") -> str:
    """Let a sighting wait that goes to the organisation of this reference. Returns its own.

    For the caller's transaction, in which the caller enters what it does in the register. `by` is who told
    it, and stays empty for one that came from a desk. Texts are looked through for contacts once more.

    Raises NobodyTakesThem when that organisation does not take sightings now; ValueError for a channel that
    there is not, and for a text that is longer than `limits` says or empty where there has to be one.
    """
    texts = _texts_of(told, goes_to)
    given = {"ref": ref} if ref else {}
    made = Waiting.objects.create(
        **given,
        **texts,
        by=by,
        goes_to=goes_to,
        on=timezone.localdate(),
        seen_by=seen_by,
        week=told.week,
    )
    if Waiting.objects.filter(goes_to=goes_to).count() >= BATCH:
        transaction.on_commit(partial(_go_on_soon))
    return made.ref


def take_back(acting: Acting, ref: str) -> None:
    """Delete a sighting of one's own that still waits. Raises PermissionError, SightingUnknown."""
    _must_tell(acting)
    with transaction.atomic():
        locked(acting)
        gone, _ = Waiting.objects.filter(ref=ref, by=acting.person.ref).delete()
        if not gone:
            raise SightingUnknown("this sighting went on already, or was taken back")
        about = [Records("sighting", (ref,))]
        enter_change(acting.reader, Act.ERASURE, _TAKEN_BACK, about, purpose=TELLING)


def erase(record: str) -> int:
    """Erase what is held under one record: a sighting that waits by its reference, that somebody told today
    by theirs, the accounts named in a month by the month (`2026-11`). Returns how many rows went.
    """
    return sum(
        found.delete()[0]
        for found in (
            Waiting.objects.filter(ref=record),
            Telling.objects.filter(person=record),
            AccountsNamed.objects.filter(pk=record),
        )
    )


def _must_tell(acting: Acting) -> None:
    verdict = acting.may("tell", "sighting")
    if not verdict:
        raise PermissionError(verdict.why)


def _texts_of(told: Told, goes_to: str) -> dict[str, str]:
    """The texts of a sighting as they are kept. Raises NobodyTakesThem and ValueError, as `let_wait` does."""
    holder = takes_them()
    if holder is None or holder.ref != goes_to:
        raise NobodyTakesThem(
            "the organisation that was to have this takes no sightings now",
            remedy="Open the page anew. It says who does.",
        )
    texts = {name: redacted(getattr(told, name)).text for name in ("product", "words", "quantity")}
    texts["price_gbp"] = "" if told.price_gbp is None else f"{told.price_gbp:.2f}"
    _check(texts["product"], PRODUCT, least=1)
    _check(texts["words"], WORDS)
    _check(texts["quantity"], QUANTITY)
    _check(texts["price_gbp"], PRICE)
    _check(told.larger_area, AREA, least=1)
    return texts | {"channel": Channel(told.channel), "larger_area": told.larger_area}


def _waits_already(acting: Acting, told: Told, texts: dict[str, str], once: str) -> bool:
    """Whether the same of one's own waits, of another form than this one. What went on is no longer known as
    anybody's, so it is compared with nothing.
    """
    own = Waiting.objects.filter(by=acting.person.ref, week=told.week).exclude(ref=once)
    kept = [{name: getattr(one, name) for name in texts} for one in own]
    return _folded(texts) in map(_folded, kept)


def _folded(texts: dict[str, str]) -> dict[str, str]:
    return {name: fold(text) for name, text in texts.items()}


def _check(text: str, longest: int, least: int = 0) -> None:
    # SQLite would take any length and PostgreSQL would not: what one of them refuses neither takes.
    if not least <= len(text) <= longest:
        raise ValueError(f"this text has to have {least} to {longest} signs")


def _stopped(acting: Acting, accounts: Collection[str], once: str) -> bool:
    """Count a try of accounts, if there are any, and compare them: whether one of them was named before.

    The transaction is its own. Were a comparison undone by what fails after it, somebody could try one
    account after another, and neither the count nor the register would say so.
    """
    if not accounts:
        return False
    with transaction.atomic(durable=True):
        locked(acting)
        if _done_with(acting, once):
            return False  # sent twice, or what came after the comparison failed
        _count(acting, len(accounts))
        stopped = _named_before(accounts)
        if stopped:
            # It says that somebody named this account: a reading, and no record is shown that says who.
            enter_change(acting.reader, Act.CONSULTATION, _STOPPED, [], purpose=TELLING)
        else:
            # With its reference: else a form that is sent twice at the same time would be stopped by itself.
            about = [Records("sighting", (once,))]
            enter_change(acting.reader, Act.ALTERATION, _COMPARED, about, purpose=TELLING)
    return stopped


def _done_with(acting: Acting, once: str) -> frozenset[str]:
    """What the register says was done with a form that has this reference: it was told, or its accounts were
    compared. No row here says so once a sighting went on.

    Raises SentBefore where that was somebody else, who may have been told of it and is not thanked for what
    nobody keeps; and where it was taken back.
    """
    entered = Entry.objects.filter(shown__data_class="sighting", shown__record=once)
    done = set(entered.values_list("reader", "what"))
    own = frozenset(what for reader, what in done if reader == acting.person.ref)
    if _TAKEN_BACK in own:
        raise SentBefore("you took it back, so it is not kept", remedy="To tell it, open the page anew.")
    own &= {_TOLD, _COMPARED}
    if done and not own:
        raise SentBefore("this form cannot be sent", remedy="Open the page anew.")
    return own


def _named_before(accounts: Collection[str]) -> bool:
    try:
        return accounts_named.named_before(accounts, timezone.localdate())
    except (LippenError, OSError) as error:
        logging.getLogger(__name__).exception("accounts that were named cannot be compared")
        raise CannotBeCompared(
            "the site cannot compare the account that you named",
            remedy="Take it out and send the rest, and tell whoever runs this site.",
        ) from error


def _count(acting: Acting, accounts: int) -> None:
    today = timezone.localdate()
    # The caller has the organisation's row, so two of one person's come one after the other.
    before = Telling.objects.filter(person=acting.person.ref, on=today)
    if before.count() >= A_DAY:
        raise ToldTooOften(
            f"you told {A_DAY} sightings today, which is as many as one person can",
            remedy="Go on tomorrow. Where you see this much, an export of it can be brought in.",
        )
    named: int = before.aggregate(all=Sum("accounts", default=0))["all"]
    if accounts and named + accounts > ACCOUNTS_A_DAY:
        raise NamedTooOften(
            f"one person can name as many as {ACCOUNTS_A_DAY} accounts in a day",
            remedy="Those in this sighting are taken out now. Read the rest, and send it without.",
        )
    Telling.objects.create(person=acting.person.ref, on=today, accounts=accounts)


def _go_on_soon() -> None:
    from lippen.site.sightings.sweeping import let_go_on  # the other way round it imports this

    let_go_on.enqueue()
