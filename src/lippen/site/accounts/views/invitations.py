"""Inviting somebody, and coming in by a link."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lippen.site.accounts import entering, invitations, lock_out, sign_in
from lippen.site.accounts.acting import AnybodysRequest, SignedInRequest
from lippen.site.accounts.forms import EnteringForm, InvitationForm, OpeningForm
from lippen.site.accounts.invitations import InvitationRefused, Invited
from lippen.site.accounts.links import LinkSpent
from lippen.site.accounts.names import NameRefused
from lippen.site.accounts.partners import PartnerRefused
from lippen.site.accounts.permissions import permissions
from lippen.site.accounts.roles import RecordUnknown
from lippen.site.accounts.said import say_at_field, sentence
from lippen.site.accounts.services import PersonRefused
from lippen.site.form.sending import sent, status_of


def open_invitations(request: SignedInRequest) -> HttpResponse:
    """Invitations that nobody has used yet."""
    found = invitations.open_invitations(request.acting)
    return render(request, "accounts/invitations.html", {"found": found})


def invite(request: SignedInRequest) -> HttpResponse:
    """Invite somebody; the link is shown once, on the answer itself.

    The address can name a partner in which nobody works yet: then it asks for its first administrator alone.
    """
    who = request.acting
    places = invitations.organisations_to_invite_to(who)
    # Who names another place is not led into their own by mistake: then nothing is chosen.
    asked = request.GET.get("organisation", "") or places[0][0]
    first_of = dict(places[1:]).get(asked, "")
    if first_of:
        places = [(asked, first_of)]
    # A partner in which nobody works yet can only be given its administrator, whom every one of them has.
    roles = [
        (one.name, one.title)
        for one in permissions().roles.values()
        if one.name == invitations.FIRST_ROLE or (not first_of and who.organisation.kind in one.organisations)
    ]
    form = InvitationForm(sent(request), organisations=places, roles=roles, initial={"organisation": asked})
    if form.is_valid():
        said = form.cleaned_data
        to = {"organisation_ref": said["organisation"], "email": said["email"]}
        try:
            ended = invitations.link_that_ends(who, **to)
            token = invitations.invite(who, role=said["role"], name=said["name"], **to)
        except (NameRefused, InvitationRefused) as why:
            say_at_field(form, why)
        except RecordUnknown as why:
            form.add_error("organisation", sentence(why))
        else:
            link = request.build_absolute_uri(f"/invitations/open/{token}/")
            told = {"link": link, "name": said["name"], "lasts": invitations.LASTS.days, "ended": ended}
            return render(request, "accounts/invited.html", told)
    told = {"form": form, "first_of": first_of}
    return render(request, "accounts/invite.html", told, status=status_of(form))


def withdraw(request: SignedInRequest, ref: str) -> HttpResponse:
    """Take an invitation back."""
    try:
        invitations.withdraw(request.acting, ref)
    except RecordUnknown:
        raise Http404 from None
    messages.success(request, "The invitation is withdrawn. Its link opens nothing any more.")
    return redirect("invitations")


def enter(request: AnybodysRequest, token: str) -> HttpResponse:
    """Come in by a one-time link. Opening the page uses nothing up; sending its form does."""
    try:
        invited = entering.behind(token)
        if invited.first:
            return _open_site(request, token)
        if invited.known:
            return _join(request, token, invited)
        return _enter_new(request, token, invited)
    except LinkSpent as why:
        return render(request, "accounts/link_spent.html", {"why": str(why)}, status=410)


def _open_site(request: HttpRequest, token: str) -> HttpResponse:
    form = OpeningForm(sent(request))
    if form.is_valid():
        said = form.cleaned_data
        try:
            person = entering.accept_first(
                token,
                name=said["name"],
                email=said["email"],
                password=said["password"],
                organisation=said["organisation"],
                kind=said["kind"],
                regime=said["regime"],
            )
        except PartnerRefused as why:
            say_at_field(form, why, name="organisation")
        except (NameRefused, PersonRefused) as why:
            say_at_field(form, why)
        else:
            return _welcome(request, person)
    told = {"form": form, "excluded": permissions().excluded_why}
    return render(request, "accounts/open_site.html", told, status=status_of(form))


def _enter_new(request: HttpRequest, token: str, invited: Invited) -> HttpResponse:
    form = EnteringForm(sent(request), email=invited.email, initial={"name": invited.name})
    if form.is_valid():
        said = form.cleaned_data
        try:
            person = entering.accept(token, name=said["name"], password=said["password"])
        except (NameRefused, PersonRefused) as why:
            say_at_field(form, why)
        else:
            return _welcome(request, person)
    told = {"form": form, "invited": invited}
    return render(request, "accounts/enter.html", told, status=status_of(form))


def _join(request: AnybodysRequest, token: str, invited: Invited) -> HttpResponse:
    """A further role for somebody who is here already: signed in as themselves they take it up."""
    who = request.acting
    mine = who is not None and who.person.email == invited.email and not who.must_set_up
    if who is not None and mine and request.method == "POST":
        entering.join(token, who)
        messages.success(request, f"You now have the role {invited.role_title} in {invited.organisation}.")
        return redirect("you")
    told = {
        "invited": invited,
        "mine": mine,
        "signed_in": who is not None,
        "path": request.path,
        "sign_in": f"/sign-in/?next={request.path}",
    }
    return render(request, "accounts/join.html", told)


def _welcome(request: HttpRequest, person: Any) -> HttpResponse:
    sign_in.begin_with_password(request, person)
    response = redirect("mfa_index")
    lock_out.remember_device(request, response, person)
    return response
