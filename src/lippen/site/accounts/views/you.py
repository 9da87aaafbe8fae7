"""One's own account: what one is here, in which role one acts, and what waits."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lippen.site.accounts import acting, notices, own_account


def you(request: HttpRequest) -> HttpResponse:
    """The page You."""
    who = request.acting  # type: ignore[attr-defined]
    roles = own_account.own_roles(who, request.session.get(acting.REGIME))
    told = {"person": who.person, "roles": roles, "waiting": notices.waiting(who)}
    return render(request, "accounts/you.html", told)


def choose_role(request: HttpRequest) -> HttpResponse:
    """Act in another of one's roles."""
    why_not = acting.choose(request, request.POST.get("role", ""))
    if why_not:
        messages.error(request, why_not)
    return redirect("you")


def waiting(request: HttpRequest, ref: str) -> HttpResponse:
    """Open something that waits."""
    path = notices.opened(request.acting, ref)  # type: ignore[attr-defined]
    if path is None:
        raise Http404
    return redirect(path)
