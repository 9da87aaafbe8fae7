"""Pages of the form itself: what an error looks like, and the living page of components."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was sent without the token of this browser."""
    return render(request, "form/form_expired.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "form/not_found.html", status=404)


def went_wrong(request: HttpRequest) -> HttpResponse:
    return render(request, "form/went_wrong.html", status=500)
