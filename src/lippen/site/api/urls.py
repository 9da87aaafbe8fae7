"""Addresses of the API. Each says who may ask, or the site does not start."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import URLPattern, include, path, re_path

from lippen.site.accounts.access import EVERYBODY, Access, Answering, View
from lippen.site.accounts.acting import AnybodysRequest
from lippen.site.api.handlers import ACCESS, api
from lippen.site.api.problems import problem


class Asked(Answering):
    """An address of the API: it refuses all methods but GET, and in the API's own form."""

    csrf_exempt = True  # nothing here is opened by a cookie, and nothing is changed

    def __call__(self, request: AnybodysRequest, *args: Any, **named: Any) -> HttpResponseBase:
        if request.method not in self.methods:
            return problem(405, "The API is read only: ask with GET.", Allow="GET")
        return self.view(request, *args, **named)


def _asked(view: View, access: Access) -> Asked:
    return Asked(view, access, ("GET",))


def _root(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"description": "/api/v1/openapi.json", "permissions": "/api/v1/permissions"})


def _nothing_here(request: HttpRequest) -> HttpResponse:
    return problem(404, "There is no such address. What can be asked stands at /api/v1/openapi.json.")


def _listed() -> list[URLPattern]:
    found = []
    for one in api.urls[0]:
        if not isinstance(one, URLPattern) or one.name is None:
            raise TypeError(f"the API serves {one} without a name")
        view = _root if one.name == "api-root" else one.callback
        found.append(URLPattern(one.pattern, _asked(view, ACCESS[one.name]), one.default_args, one.name))
    return found


urlpatterns = [
    path("api/v1/", include((_listed(), "ninja"), namespace="api-v1")),
    re_path(r"^api/", _asked(_nothing_here, EVERYBODY), name="api-nothing"),
]
