"""The page Today: what needs a person now."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from lippen.site.accounts.acting import SignedInRequest
from lippen.site.insight.today_selectors import today as needed_today


def today(request: SignedInRequest) -> HttpResponse:
    """What needs whoever acts, in the role they act in; empty on a good day."""
    return render(request, "insight/today.html", {"seen": needed_today(request.acting)})
