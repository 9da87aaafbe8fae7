"""Somebody leaves: who takes over, and then their access is gone."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lippen.site.accounts import leaving
from lippen.site.accounts.forms import LeavingForm
from lippen.site.accounts.leaving import LeavingRefused
from lippen.site.accounts.roles import RecordUnknown


def leave(request: HttpRequest, ref: str) -> HttpResponse:
    """Choose who takes over, and let them go."""
    who = request.acting  # type: ignore[attr-defined]
    found = leaving.who_leaves(who, ref)
    if found is None:
        raise Http404
    person, others = found
    form = LeavingForm(request.POST or None, successors=[(one.ref, one.name) for one in others])
    if form.is_valid():
        try:
            count = leaving.leave(who, ref, form.cleaned_data["successor"])
        except (LeavingRefused, RecordUnknown) as why:
            form.add_error(None, str(why))
        else:
            things = "1 thing was" if count == 1 else f"{count} things were"
            messages.success(request, f"{person.name} has left. {things} handed over. Their access is gone.")
            return redirect("/")
    told = {"form": form, "person": person, "others": others, "handed_over": leaving.handed_over()}
    return render(request, "accounts/leave.html", told)
