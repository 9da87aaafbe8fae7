"""Pages of organisations, of the programs that ask for them, and of what somebody declared."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from lippen.site.accounts import conflicts, invitations, partners, programs, selectors
from lippen.site.accounts.acting import SignedInRequest
from lippen.site.accounts.people_forms import AddOrganisation, Declare, MakeKey
from lippen.site.accounts.permissions import permissions
from lippen.site.accounts.roles import RecordUnknown
from lippen.site.accounts.said import say_at_field, sentence
from lippen.site.form.sending import REFUSED, sent, status_of


def organisations(request: SignedInRequest) -> HttpResponse:
    """The partners that take part."""
    acting = request.acting
    verdict = acting.may("write", "organisation")
    context = {
        "organisations": selectors.organisations(acting),
        "closed": selectors.organisations(acting, closed=True),
        "may_add": verdict.scope == "all",
        "awaiting": invitations.awaiting_administrator(acting),
        "closable": partners.closable(acting) if verdict else frozenset(),
    }
    return render(request, "accounts/organisations.html", context)


def add_organisation(request: SignedInRequest) -> HttpResponse:
    """Add a partner."""
    acting = request.acting
    partners.must_add(acting)
    rules = permissions()
    kinds = [(one.name, one.title) for one in rules.kinds.values()]
    form = AddOrganisation(kinds, list(rules.regimes.items()), sent(request))
    if form.is_valid():
        try:
            partners.add_organisation(acting, **form.cleaned_data)
        except partners.PartnerRefused as why:
            say_at_field(form, why)
        else:
            messages.success(
                request, f"{form.cleaned_data['name']} was added. Now invite its first administrator."
            )
            return redirect("organisations")
    context = {"form": form, "excluded": rules.excluded_why}
    return render(request, "accounts/add_organisation.html", context, status=status_of(form))


def close_organisation(request: SignedInRequest, ref: str) -> HttpResponse:
    """Ask once, then close a partner."""
    acting = request.acting
    why = ""
    if request.method == "POST":
        try:
            partners.close_organisation(acting, ref)
        except RecordUnknown as unknown:
            raise Http404 from unknown
        except partners.PartnerRefused as refusal:
            why = sentence(refusal)
        else:
            messages.success(request, "The organisation was closed.")
            return redirect("/")
    found = selectors.organisation(acting, ref)
    own = acting.organisation.ref == ref
    if found is None or found.closed_on or not (own or acting.may("write", "organisation").scope == "all"):
        raise Http404
    if not why and (in_the_way := partners.why_open(acting, ref)):
        why = sentence(in_the_way)
    context = {"organisation": found, "own": own, "why": why, "is_panel": found.is_panel}
    status = REFUSED if why and request.method == "POST" else 200
    return render(request, "accounts/close_organisation.html", context, status=status)


def keys(request: SignedInRequest) -> HttpResponse:
    """The programs that may ask for one's organisation."""
    acting = request.acting
    context = {"keys": programs.keys(acting), "organisation": acting.organisation.name}
    return render(request, "accounts/keys.html", context)


def make_key(request: SignedInRequest) -> HttpResponse:
    """Make a key and show it, this once."""
    acting = request.acting
    form = MakeKey(programs.choices(acting), sent(request))
    if form.is_valid():
        purpose, role = form.cleaned_data["use"].split(":")
        try:
            _, secret = programs.make_key(acting, purpose, role, form.cleaned_data["days"])
        except programs.KeyRefused as why:
            say_at_field(form, why)
        else:
            return render(request, "accounts/key_made.html", {"secret": secret})
    return render(request, "accounts/make_key.html", {"form": form}, status=status_of(form))


def end_key(request: SignedInRequest, ref: str) -> HttpResponse:
    """End a key."""
    try:
        programs.end_key(request.acting, ref)
    except RecordUnknown as unknown:
        raise Http404 from unknown
    messages.success(request, "The key was ended. It opens nothing any more.")
    return redirect("keys")


def declarations(request: SignedInRequest) -> HttpResponse:
    """Whom one declared oneself, and a form to declare somebody else."""
    acting = request.acting
    form = Declare(sent(request))
    if form.is_valid():
        try:
            conflicts.declare(acting, **form.cleaned_data)
        except conflicts.DeclarationRefused as why:
            say_at_field(form, why)
        else:
            messages.success(request, "You declared somebody. You open no record about them.")
            return redirect("declarations")
    context = {"form": form, "declared": conflicts.declared(acting)}
    return render(request, "accounts/declarations.html", context, status=status_of(form))


def withdraw_declaration(request: SignedInRequest, ref: str) -> HttpResponse:
    """Take a declaration back."""
    try:
        conflicts.withdraw(request.acting, ref)
    except RecordUnknown as unknown:
        raise Http404 from unknown
    messages.success(request, "You took it back.")
    return redirect("declarations")
