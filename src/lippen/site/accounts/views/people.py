"""Pages of people and their roles. They read through selectors, which enter each reading, and write through
services.
"""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from lippen.site import handling
from lippen.site.accounts import meeting, people_rows, roles, selectors
from lippen.site.accounts.acting import SignedInRequest
from lippen.site.accounts.people_forms import FindPeople, GiveRole
from lippen.site.accounts.said import say_at_field, sentence
from lippen.site.form.navigation import opens
from lippen.site.form.sending import REFUSED, sent, status_of

REACHING: Final = "to know or reach a colleague"
KEEPING: Final = "to keep people and roles in order"
TAKING_OUT: Final = "to give a copy to those who answer for it"


def people(request: SignedInRequest) -> HttpResponse:
    """People of one's own organisation, by name."""
    acting = request.acting
    find = FindPeople(request.GET if {"search", "gone"} & set(request.GET) else None)
    asked = find.cleaned_data if find.is_valid() else {}
    page = selectors.people(
        acting,
        search=asked.get("search", ""),
        gone=asked.get("gone", False),
        number=request.GET.get("page", "1"),
        purpose=REACHING,
    )
    may = {
        "may_invite": opens("/invitations/", acting),
        "may_export": bool(acting.may("export", "staff")),
        "organisation": acting.organisation.name,
    }
    told = {"page": page, "find": find, **may}
    return render(request, "accounts/people.html", told, status=status_of(find))


def person(request: SignedInRequest, ref: str) -> HttpResponse:
    """One person: how to reach them, their roles, and who read this."""
    acting = request.acting
    seen = meeting.person_and_arrival(acting, ref, purpose=REACHING)
    if seen is None:
        raise Http404
    found, arrival = seen
    readers = f"/register/record/staff/{found.ref}/"
    context = {
        "person": found,
        "arrival": arrival,
        "may_write": bool(acting.may("write", "staff")),
        "may_erase": bool(acting.may("erase", "staff")) and found.gone,
        "own": found.ref == acting.person.ref,
        "readers": readers if opens(readers, acting) else "",
    }
    return render(request, "accounts/person.html", context)


def met(request: SignedInRequest, ref: str) -> HttpResponse:
    """Ask once, then keep that one has met somebody whom another let in."""
    acting = request.acting
    refused = False
    try:
        why = meeting.why_not_met(acting, ref)
        if request.method == "POST":
            meeting.say_met(acting, ref)
            messages.success(request, "Kept. Their page now says that you have met.")
            return redirect("person", ref=ref)
    except roles.RecordUnknown as unknown:
        raise Http404 from unknown
    except meeting.MeetingRefused as refusal:
        why, refused = sentence(refusal), True
    found = selectors.person(acting, ref, purpose=KEEPING)
    if found is None:
        raise Http404
    told = {"person": found, "why": why}
    return render(request, "accounts/met.html", told, status=REFUSED if refused else 200)


def take_back_met(request: SignedInRequest, ref: str) -> HttpResponse:
    """Ask once, then take back that one has met somebody."""
    acting = request.acting
    try:
        kept = meeting.why_kept(acting, ref)
        if request.method == "POST":
            meeting.take_back_met(acting, ref)
            messages.success(request, "Taken back. Their page says again that nobody else has met them.")
            return redirect("person", ref=ref)
    except roles.RecordUnknown as unknown:
        raise Http404 from unknown
    except meeting.MeetingRefused as refusal:
        kept = refusal
    found = selectors.person(acting, ref, purpose=KEEPING)
    if found is None:
        raise Http404
    told = {"person": found, "why": sentence(kept) if kept else ""}
    status = REFUSED if kept and request.method == "POST" else 200
    return render(request, "accounts/take_back_met.html", told, status=status)


def give_role(request: SignedInRequest, ref: str) -> HttpResponse:
    """Give somebody a role in one's own organisation."""
    acting = request.acting
    fitting = roles.roles_that_fit(acting)
    form = GiveRole(fitting, sent(request))
    if form.is_valid():
        asked = form.cleaned_data
        try:
            roles.give_role(acting, ref, asked["role"], asked["since"], asked["last_day"])
        except roles.RecordUnknown as unknown:
            raise Http404 from unknown
        except roles.RoleRefused as why:
            say_at_field(form, why)
        else:
            messages.success(request, "The role was given.")
            return redirect("person", ref=ref)
    found = selectors.person(acting, ref, purpose=KEEPING)
    if found is None:
        raise Http404
    told = {"person": found, "form": form}
    return render(request, "accounts/give_role.html", told, status=status_of(form))


def end_role(request: SignedInRequest, ref: str, role: str) -> HttpResponse:
    """Ask once, then end a role: access is gone at once."""
    acting = request.acting
    why = ""
    if request.method == "POST":
        try:
            roles.end_role(acting, role)
        except roles.RecordUnknown as unknown:
            raise Http404 from unknown
        except roles.RoleRefused as refusal:
            why = sentence(refusal)
        else:
            messages.success(request, "The role was ended.")
            if acting.held and role == acting.held.ref:
                return redirect("/")
            return redirect("person", ref=ref)
    found = selectors.person(acting, ref, purpose=KEEPING)
    held = next((one for one in found.roles if one.ref == role), None) if found else None
    if found is None or held is None:
        raise Http404
    context = {"person": found, "role": held, "why": why, "own": found.ref == acting.person.ref}
    return render(request, "accounts/end_role.html", context, status=REFUSED if why else 200)


def export_csv(request: SignedInRequest) -> HttpResponseBase:
    """People of one's own organisation as a table; entered as a whole before its first line is made."""
    return _file(request, "csv")


def export_json(request: SignedInRequest) -> HttpResponseBase:
    """The same as lines of JSON."""
    return _file(request, "jsonl")


def _file(request: SignedInRequest, form: str) -> HttpResponseBase:
    leaving = selectors.people_export(request.acting, purpose=TAKING_OUT)
    return handling.file(form, "people", people_rows.COLUMNS, people_rows.rows(leaving))
