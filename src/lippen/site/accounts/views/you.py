"""One's own account: what one is here, in which role one acts, and what waits."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from lippen.site.accounts import acting, notices, own_account, sign_in
from lippen.site.accounts.acting import SignedInRequest
from lippen.site.accounts.sessions import REGIME
from lippen.site.form.navigation import opens
from lippen.site.form.sending import REFUSED


def you(request: SignedInRequest) -> HttpResponse:
    """The page You."""
    return _you(request)


def _you(request: SignedInRequest, why_not: str = "") -> HttpResponse:
    """The page, with why one does not act in the role that one chose there."""
    who = request.acting
    roles = own_account.own_roles(who, request.session.get(REGIME))
    told = {
        "person": who.person,
        "roles": roles,
        "waiting": notices.waiting(who),
        "opens_lost": opens("/second-step/lost/", who),
        "opens_declared": opens("/you/declared/", who),
        "why_not": why_not,
    }
    return render(request, "accounts/you.html", told, status=REFUSED if why_not else 200)


def choose_role(request: SignedInRequest) -> HttpResponse:
    """Act in another of one's roles."""
    why_not = acting.choose(request, request.POST.get("role", ""))
    if not why_not:
        return redirect("you")
    own_account.entered(request.acting, "own account")
    return _you(request, why_not)


def sessions(request: SignedInRequest) -> HttpResponse:
    """Where one is signed in, and the end of all but this one."""
    if request.method == "POST":
        sign_in.end_others(request)
        messages.success(request, "You are signed out everywhere else.")
        return redirect("sessions")
    return render(request, "accounts/sessions.html", {"sessions": sign_in.open_sessions(request)})


def waiting(request: SignedInRequest, ref: str) -> HttpResponse:
    """Open something that waits: the page to which it leads says what it is."""
    found = notices.opened(request.acting, ref)
    if found is None:
        raise Http404
    if found.says:
        messages.info(request, found.says)
    return redirect(found.path)
