"""Pages of the room: what of one's own waits, the form, and the word of thanks."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from lippen.site.accounts.acting import SignedInRequest
from lippen.site.accounts.said import sentence
from lippen.site.form.sending import REFUSED, sent, status_of
from lippen.site.sightings import selectors, services
from lippen.site.sightings.forms import Tell
from lippen.site.sightings.limits import A_DAY, ACCOUNTS_A_DAY, BATCH, MOST_ACCOUNTS

LIMITS: Final = {"a_day": A_DAY, "accounts_a_day": ACCOUNTS_A_DAY, "most_accounts": MOST_ACCOUNTS}
TAKEN_BACK: Final = (
    "It is taken back. If it named an account, that still counts as named this month, and nothing else of it "
    "is kept. If you tell it anew, leave the account out."
)


def sightings(request: SignedInRequest) -> HttpResponse:
    """What one told that still waits, and the way to tell more."""
    waiting = selectors.own_waiting(request.acting)
    told = {"waiting": waiting, "holder": services.takes_them(), "batch": BATCH}
    return render(request, "sightings/sightings.html", told)


def new(request: SignedInRequest) -> HttpResponse:
    """The form; after it was sent, what has to be put right, why it was stopped, or the word of thanks."""
    holder = services.takes_them()
    if holder is None:
        return render(request, "sightings/nobody.html", status=404 if request.method == "POST" else 200)
    form = Tell(sent(request), timezone.localdate(), holder.ref)
    context = {"form": form, "holder": holder, "stopped": False} | LIMITS
    if request.method != "POST" or not form.is_valid():
        return render(request, "sightings/new.html", context, status=status_of(form))
    given = form.cleaned_data
    try:
        services.tell(
            request.acting,
            form.told(),
            form.accounts_named(),
            shown=given["shown"],
            once=given["once"],
            another=given["another"],
        )
    except services.ToldTheSame as why:
        form.ask_whether_another()
        form.add_error("another", sentence(why))
        return render(request, "sightings/new.html", context, status=REFUSED)
    except services.NamedBefore:
        context |= {"form": form.without_accounts(), "stopped": True}
        return render(request, "sightings/new.html", context, status=REFUSED)
    except (services.CannotBeCompared, services.NamedTooOften) as why:
        form.without_accounts().add_error(None, sentence(why))
        return render(request, "sightings/new.html", context, status=REFUSED)
    except (services.NobodyTakesThem, services.SentBefore, services.ToldTooOften) as why:
        form.add_error(None, sentence(why))
        return render(request, "sightings/new.html", context, status=REFUSED)
    return redirect("sighting-told")


def told(request: SignedInRequest) -> HttpResponse:
    """Thanks, and what happens with it."""
    return render(request, "sightings/told.html", {"holder": services.takes_them(), "batch": BATCH})


def take_back(request: SignedInRequest, ref: str) -> HttpResponse:
    """Take a sighting of one's own back that still waits."""
    try:
        services.take_back(request.acting, ref)
    except services.SightingUnknown as why:
        raise Http404 from why
    messages.success(request, TAKEN_BACK)
    return redirect("sightings")
