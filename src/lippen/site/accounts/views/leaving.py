"""Somebody leaves: who takes over, and then their access is gone. Later they may be erased."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from lippen.site.accounts import erasing, leaving
from lippen.site.accounts.acting import SignedInRequest
from lippen.site.accounts.erasing import ErasureRefused
from lippen.site.accounts.forms import LeavingForm
from lippen.site.accounts.leaving import LeavingRefused
from lippen.site.accounts.roles import RecordUnknown
from lippen.site.accounts.said import sentence
from lippen.site.form.sending import REFUSED, sent, status_of
from lippen.wording import counted


def leave(request: SignedInRequest, ref: str) -> HttpResponse:
    """Choose who takes over, and let them go."""
    who = request.acting
    found = leaving.who_leaves(who, ref)
    if found is None:
        raise Http404
    person, others = found
    form = LeavingForm(sent(request), successors=[(one.ref, one.name) for one in others])
    if form.is_valid():
        try:
            count = leaving.leave(who, ref, form.cleaned_data["successor"])
        except (LeavingRefused, RecordUnknown) as why:
            form.add_error(None, sentence(why))
        else:
            if ref == who.person.ref:
                logout(request)  # every session of theirs has ended, this one too
            things = f"{counted(count, 'thing')} {'was' if count == 1 else 'were'} handed over"
            waited = things if count else "Nothing waited for them"
            messages.success(request, f"{person.name} has left. {waited}. Their access is gone.")
            return redirect("/")
    told = {"form": form, "person": person, "others": others, "handed_over": leaving.handed_over()}
    return render(request, "accounts/leave.html", told, status=status_of(form))


def erase(request: SignedInRequest, ref: str) -> HttpResponse:
    """Say what goes and what stays, and erase somebody who works here no more."""
    who = request.acting
    found = erasing.who_is_erased(who, ref)
    if found is None:
        raise Http404
    why = ""
    if request.method == "POST":
        try:
            erasing.erase(who, ref)
        except RecordUnknown:
            raise Http404 from None
        except ErasureRefused as refusal:
            why = sentence(refusal)
        else:
            messages.success(request, "Erased. The register says that you did it, and keeps no name.")
            return redirect("people")
    told = {"person": found, "why": why}
    return render(request, "accounts/erase.html", told, status=REFUSED if why else 200)
