"""What was sent to a page, and how the page answers when it is refused: with 422, so that a program, a log
and a test can tell it from a page that did what was asked.
"""

from __future__ import annotations

from typing import Final

from django.forms import BaseForm
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse

REFUSED: Final = 422
"""Understood, and not done: the page says what has to be put right (RFC 9110, section 15.5.21)."""


def sent(request: HttpRequest) -> QueryDict | None:
    """What was sent to be checked, be it empty; None for a page that was only opened."""
    return request.POST if request.method == "POST" else None


def status_of(*forms: BaseForm) -> int:
    """200 for forms that are to be filled in or were accepted, REFUSED where one of them has errors."""
    return REFUSED if any(one.errors for one in forms) else 200


def marked(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """The answer of one of allauth's pages, as refused where a form was sent to it and was."""
    if request.method == "POST" and isinstance(response, TemplateResponse) and response.status_code == 200:
        told = response.context_data or {}
        forms = (told.get("form"), told.get("webauthn_form"))
        response.status_code = status_of(*(one for one in forms if isinstance(one, BaseForm)))
    return response
