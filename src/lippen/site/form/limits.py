"""What narrows a page, or a file that leaves, as its address says it."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import QueryDict

_BESIDES: Final = frozenset({"page"})
"""What an address may hold beside limits."""


class Limits(forms.Form):
    """Limits in an address. One that nobody knows is refused, and so is one that is given twice: it would
    else be no limit, or another one than was meant, and a file would hold more than whoever takes it thinks.
    """

    def __init__(self, *, asked: QueryDict, **named: Any) -> None:
        super().__init__(asked if set(asked) - _BESIDES else None, **named)
        self._asked = asked

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in sorted(set(self._asked) - _BESIDES):
            if name not in self.fields and name.rpartition("_")[0] not in self.fields:
                self.add_error(None, f"Nothing here can be narrowed by {ascii(name)[:100]}.")
            elif len(self._asked.getlist(name)) > 1:
                self.add_error(None, f"The address gives {ascii(name)[:100]} twice. It can be given once.")
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "The last day is before the first.")
        return cleaned
