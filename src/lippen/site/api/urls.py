"""Addresses of the API. Each says who may ask, or the site does not start."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import URLPattern, include, path, re_path
from django.views.decorators.csrf import csrf_exempt

from lippen.site.accounts.access import EVERYBODY, Access
from lippen.site.api.handlers import ACCESS, api
from lippen.site.api.problems import problem

View = Callable[..., HttpResponseBase]


def _said(view: View, access: Access) -> View:
    """The view with who may ask it, refusing all methods but GET in the API's own form."""

    @csrf_exempt  # nothing here is opened by a cookie, and nothing is changed
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        if request.method != "GET":
            return problem(405, "The API is read only: ask with GET.", Allow="GET")
        return view(request, *args, **named)

    answer.access = access  # type: ignore[attr-defined]
    answer.methods = ("GET",)  # type: ignore[attr-defined]
    return answer


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
        found.append(URLPattern(one.pattern, _said(view, ACCESS[one.name]), one.default_args, one.name))
    return found


urlpatterns = [
    path("api/v1/", include((_listed(), "ninja"), namespace="api-v1")),
    re_path(r"^api/", _said(_nothing_here, EVERYBODY), name="api-nothing"),
]
