"""What a selector has to know of whoever asks, be it somebody signed in or an organisation's program."""

from __future__ import annotations

from typing import Protocol

from lippen.site.accounts.permissions import Verdict
from lippen.site.register.services import Reader


class Asking(Protocol):
    """Somebody who asks: how the register knows them, and what they may do."""

    @property
    def reader(self) -> Reader: ...

    def may(self, verb: str, data: str) -> Verdict: ...
