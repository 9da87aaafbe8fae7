"""Pages of the register: what it says, of one record, as a file, and what reading is unusual.

They stand with accounts and not with the register because who may see how much of it is decided here, and the
register imports no other app. Each answer is entered by the selector before it is given.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.http import urlencode

from lippen.site import handling
from lippen.site.accounts import register_rows
from lippen.site.accounts.acting import Acting, SignedInRequest
from lippen.site.accounts.permissions import permissions
from lippen.site.accounts.register_forms import NARROWING, Narrow
from lippen.site.accounts.selectors import names_within
from lippen.site.form.navigation import opens
from lippen.site.form.sending import REFUSED, status_of
from lippen.site.register import selectors
from lippen.site.register.alert_selectors import alerts
from lippen.site.register.check_selectors import check_seen, how_it_stands
from lippen.site.register.losses import losses
from lippen.site.register.resolvers import noun
from lippen.site.register.retention import shortening
from lippen.site.register.rotation import own_seal_keys
from lippen.site.register.selectors import Answer, Question
from lippen.site.register.services import Reader
from lippen.site.register.unusual import rules_seen

OWN: Final = "to see what the register says of one's own reading"
ABOUT: Final = "to see who read a record"
CHECKING: Final = "to check who read what, and why"
TAKING_OUT: Final = "to check it elsewhere"
LAST: Final = 2**62
"""No id is higher."""


def register(request: SignedInRequest) -> HttpResponse:
    """What the register says, the newest first."""
    acting = request.acting
    scope = acting.may("list", "register").scope
    narrow = _narrow(request, acting, scope)
    purpose = OWN if scope == "own" else CHECKING
    answer = _answer(request, acting.reader, scope, narrow, purpose)
    return render(
        request,
        "register/register.html",
        {
            "answer": answer,
            "narrow": narrow,
            "scope": scope,
            "organisation": acting.organisation.name,
            "followed": _followed(narrow, answer),
            "older": _older(request, answer),
            "may_export": bool(acting.may("export", "register")),
            "export": _narrowing(request),
            "unusual": opens("/register/unusual/", acting),
            "check": how_it_stands() if opens("/register/check/", acting) else None,
            "shortening": shortening() if scope == "all" else None,
            "rotations": own_seal_keys().notes if scope == "all" else (),
            "losses": losses() if scope == "all" else (),
        },
        status=status_of(narrow),
    )


def own_reading(request: SignedInRequest) -> HttpResponse:
    """What one read and changed oneself. It needs no role, as no page about one's own account does, and names
    nobody else.
    """
    acting = request.acting
    narrow = _narrow(request, acting, "alone")
    answer = _answer(request, acting.themselves, "alone", narrow, OWN)
    _followed(narrow, answer)
    context = {
        "answer": answer,
        "narrow": narrow,
        "older": _older(request, answer),
        "closed": not acting.may("read", "register"),
    }
    return render(request, "register/own_reading.html", context, status=status_of(narrow))


def entry(request: SignedInRequest, number: int) -> HttpResponse:
    """One entry, the records it names, and how it is sealed."""
    acting = request.acting
    scope = acting.may("read", "register").scope
    opened = None
    if number <= LAST:
        purpose = OWN if scope == "own" else CHECKING
        opened = selectors.entry(
            acting.reader, scope, number, purpose=purpose, names_within=partial(names_within, acting)
        )
    if opened is None:
        raise Http404
    records = [
        (of, _one_of(of), record, opened.names.get(record, "") if of == "staff" else "")
        for of, record in opened.records
    ]
    law = permissions().regimes.get(opened.entry.regime, opened.entry.regime)
    seal = opened.sealed
    proof = {
        "digest": opened.digest.hex(),
        "path": [one.hex() for one in seal.path] if seal else [],
        "root": seal.root.hex() if seal else "",
    }
    return render(
        request,
        "register/entry.html",
        {"opened": opened, "records": records, "scope": scope, "law": law, **proof},
    )


def record(request: SignedInRequest, data_class: str, record: str) -> HttpResponse:
    """Who read, changed or shared one record."""
    acting = request.acting
    if data_class not in permissions().data:
        raise Http404
    scope = acting.may("list", "register").scope
    question = Question(data_class=data_class, record=record)
    answer = selectors.entries(
        acting.reader,
        scope,
        question,
        before=_before(request),
        purpose=ABOUT,
        names_within=partial(names_within, acting),
    )
    return render(
        request,
        "register/record.html",
        {
            "answer": answer,
            "title": _one_of(data_class),
            "record": record,
            "own": record == acting.person.ref,
            "scope": scope,
            "older": _older(request, answer),
        },
    )


def unusual(request: SignedInRequest) -> HttpResponse:
    """Sets of readings that a rule calls unusual, for the panel."""
    acting = request.acting
    shown = alerts(acting.reader, purpose=CHECKING)
    return render(
        request,
        "register/unusual.html",
        {"alerts": [(one, _link(one.question)) for one in shown], "rules": rules_seen()},
    )


def check(request: SignedInRequest) -> HttpResponse:
    """What the check of the night found, for the panel."""
    seen = check_seen(request.acting.reader, purpose=CHECKING)
    return render(request, "register/check.html", {"seen": seen})


def export_csv(request: SignedInRequest) -> HttpResponseBase:
    """What the register says as a table; entered as a whole before its first line is made."""
    return _file(request, "csv")


def export_json(request: SignedInRequest) -> HttpResponseBase:
    """The same as lines of JSON."""
    return _file(request, "jsonl")


def _file(request: SignedInRequest, form: str) -> HttpResponseBase:
    acting = request.acting
    scope = acting.may("export", "register").scope
    narrow = _narrow(request, acting, scope)
    context: dict[str, Any] = {"narrow": narrow, "why": "", "asked": _narrowing(request)}
    if unknown := sorted(set(request.GET) - NARROWING):
        # A limit that nobody knows would else be no limit, and all of it would leave.
        context["why"] = f"Lines cannot be narrowed by {ascii(unknown[0])[:100]}."
        return render(request, "register/no_export.html", context, status=REFUSED)
    if narrow.to_mend:
        return render(request, "register/no_export.html", context, status=REFUSED)
    try:
        leaving = selectors.entries_to_take_out(acting.reader, scope, narrow.question(), purpose=TAKING_OUT)
    except selectors.TooMuchToTakeOut as why:
        return render(request, "register/no_export.html", {**context, "why": str(why)}, status=REFUSED)
    return handling.file(form, "register", register_rows.COLUMNS, register_rows.rows(leaving))


def _narrow(request: HttpRequest, acting: Acting, scope: str) -> Narrow:
    return Narrow(acting, scope, request.GET if NARROWING & set(request.GET) else None)


def _narrowing(request: HttpRequest) -> str:
    """That part of the address which narrows the register."""
    asked = request.GET.copy()
    for one in set(asked) - NARROWING:
        del asked[one]
    return asked.urlencode()


def _answer(request: HttpRequest, asker: Reader, scope: str, narrow: Narrow, purpose: str) -> Answer | None:
    """What the register says to what was asked; None, with nothing read, while that has to be put right."""
    if narrow.to_mend:
        return None
    return selectors.entries(asker, scope, narrow.question(), before=_before(request), purpose=purpose)


def _followed(narrow: Narrow, answer: Answer | None) -> str:
    """Who the one reader is whose lines were asked for, as these lines name them; "" where none says it."""
    if answer is None or not answer.entries or not narrow.question().reader:
        return ""
    name = answer.entries[0].reader_name
    narrow.name_reader(name)
    return name


def _before(request: HttpRequest) -> int | None:
    text = request.GET.get("before", "")
    return min(int(text), LAST) if text.isascii() and text.isdecimal() and len(text) < 20 else None


def _older(request: HttpRequest, answer: Answer | None) -> str:
    if answer is None or answer.older is None:
        return ""
    asked = request.GET.copy()
    asked["before"] = str(answer.older)
    return f"?{asked.urlencode()}"


def _one_of(data_class: str) -> str:
    """What one record of this class is called, at the head of a line."""
    one = noun(data_class, 1)
    return one[0].upper() + one[1:]


def _link(question: Question) -> str:
    """The page of the register that answers a question about a reader and days."""
    asked: dict[str, str] = {"reader": question.reader}
    for name, day in (("since", question.since), ("until", question.until)):
        if day is not None:
            asked |= {
                f"{name}_day": str(day.day),
                f"{name}_month": str(day.month),
                f"{name}_year": str(day.year),
            }
    return f"/register/?{urlencode(asked)}"
