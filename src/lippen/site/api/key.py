"""Who asks: the program behind the key in the header, and no more often than a key may."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest
from django.utils import timezone
from ninja.errors import Throttled
from ninja.security import HttpBearer

from lippen.site.accounts import programs
from lippen.site.accounts.programs import Program

ANSWERS_A_MINUTE: Final = 120
"""How many answers one key gets in a minute of the clock. They are counted over all processes."""


class ProgramsRequest(HttpRequest):
    """A request behind `Key`: ninja puts on it what `Key` answered."""

    auth: Program


class Key(HttpBearer):
    """`Authorization: Bearer` with a key. No cookie opens anything here, so no other site can ask through a
    reader's browser.
    """

    def authenticate(self, _request: HttpRequest, token: str) -> Program:
        return programs.program_of(token)


def take_an_answer(program: Program) -> None:
    """Count one answer before anything is looked up for it. Raises Throttled, with the seconds to wait, when
    the key has had its answers for this minute.
    """
    now = timezone.now()
    if not programs.took_answer(program, now, ANSWERS_A_MINUTE):
        raise Throttled(wait=60 - now.second)
