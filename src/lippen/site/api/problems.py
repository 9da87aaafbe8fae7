"""Refusals and errors as `application/problem+json` (RFC 9457): what it is, why, and what to do."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError

from lippen.site.accounts.programs import KeyRefused
from lippen.site.accounts.said import sentence
from lippen.site.register.selectors import TooMuchToTakeOut
from lippen.site.register.services import RegisterUnavailable
from lippen.wording import counted

TYPE: Final = "application/problem+json"

TITLES: Final = {
    400: "Bad request",
    401: "A key is needed",
    403: "Refused",
    404: "Not found",
    405: "Method not allowed",
    422: "Not understood",
    429: "Too often",
    500: "Something went wrong",
    503: "Not recorded, so not shown",
}

NO_KEY: Final = (
    "Send a key in the header Authorization: Bearer. Ask an administrator of your organisation for one."
)
NOT_FOUND: Final = "There is no such record, or it is not one that this key reaches."

_log = logging.getLogger(__name__)


def problem(status: int, detail: str, **headers: str) -> HttpResponse:
    """An answer that says why there is no other. `headers` with underscores for hyphens."""
    told = {"type": "about:blank", "title": TITLES[status], "status": status, "detail": detail}
    answer = JsonResponse(told, status=status, content_type=TYPE)
    for name, value in headers.items():
        answer[name.replace("_", "-")] = value
    return answer


def unknown_parameters(unknown: Iterable[str], known: Iterable[str]) -> str:
    """Why a question with parameters that nobody knows is not answered."""
    named = ", ".join(ascii(one) for one in sorted(unknown))
    return f"There is no parameter {named[:200]}. Known here: {', '.join(known) or 'none'}."


def documented(*statuses: int) -> dict[str, Any]:
    """The answers of these statuses as OpenAPI describes them."""
    content = {TYPE: {"schema": SCHEMA}}
    return {"responses": {one: {"description": TITLES[one], "content": content} for one in statuses}}


SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}


def say_why(api: NinjaAPI) -> None:
    """Let every error of `api` be answered so."""

    @api.exception_handler(KeyRefused)
    def key_refused(request: HttpRequest, error: KeyRefused) -> HttpResponse:
        return problem(401, sentence(error), WWW_Authenticate="Bearer")

    @api.exception_handler(AuthenticationError)
    def no_key(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        return problem(401, NO_KEY, WWW_Authenticate="Bearer")

    @api.exception_handler(Throttled)
    def too_often(request: HttpRequest, error: Throttled) -> HttpResponse:
        wait = error.wait or 60
        said = f"This key has asked too often. Wait {counted(wait, 'second')}."
        return problem(429, said, Retry_After=str(wait))

    @api.exception_handler(PermissionError)
    def refused(request: HttpRequest, error: PermissionError) -> HttpResponse:
        return problem(403, str(error))

    @api.exception_handler(HttpError)
    def said(request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem(error.status_code if error.status_code in TITLES else 400, error.message)

    @api.exception_handler(ValidationError)
    def not_understood(request: HttpRequest, error: ValidationError) -> HttpResponse:
        wrong = "; ".join(f"{one['loc'][-1]}: {one['msg']}" for one in error.errors)
        return problem(422, f"This was not understood: {wrong}.")

    @api.exception_handler(TooMuchToTakeOut)
    def too_much(request: HttpRequest, error: TooMuchToTakeOut) -> HttpResponse:
        return problem(422, sentence(error))

    @api.exception_handler(RegisterUnavailable)
    def not_recorded(request: HttpRequest, error: RegisterUnavailable) -> HttpResponse:
        return problem(503, sentence(error), Retry_After="30")

    @api.exception_handler(Exception)
    def went_wrong(request: HttpRequest, error: Exception) -> HttpResponse:
        told = {"request": request}  # with which the route is written in the place of the address
        _log.error("the API failed at %s", request.path, extra=told, exc_info=error)
        return problem(500, "Something went wrong here, and nothing was changed. Try again in a minute.")
