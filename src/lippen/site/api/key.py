"""Who asks: the program behind the key in the header, and no more often than a key may."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest
from ninja.security import HttpBearer
from ninja.throttling import BaseThrottle

from lippen.site.accounts.programs import Program, answers_within, program_of

ANSWERS_A_MINUTE: Final = 120
"""How many answers one key gets in a minute, over all processes: they are counted in the register."""


class Key(HttpBearer):
    """`Authorization: Bearer` with a key. No cookie opens anything here, so no other site can ask through a
    reader's browser.
    """

    def authenticate(self, request: HttpRequest, token: str) -> Program:  # noqa: ARG002 - ninja passes it
        return program_of(token)


class AnswersAMinute(BaseThrottle):
    """Refuses a key that had its answers for the minute."""

    def allow_request(self, request: HttpRequest) -> bool:
        program: Program = request.auth  # type: ignore[attr-defined]
        return answers_within(program, seconds=60) < ANSWERS_A_MINUTE

    def wait(self) -> float:
        return 60.0
