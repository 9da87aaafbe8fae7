"""Every address of the site. Each says who may open it (`accounts.access.page`)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lippen.site.accounts.access import EVERYBODY, page


def first(request: HttpRequest) -> HttpResponse:
    return render(request, "form/page.html")


urlpatterns = [page("", first, EVERYBODY, "first")]

handler404 = "lippen.site.form.views.not_found"
handler500 = "lippen.site.form.views.went_wrong"
