"""References in addresses: `<ref:ref>` takes what `models.new_reference` makes, and nothing else.

So no view is asked with a path, a null byte or a number of somebody's guessing.
"""

from __future__ import annotations


class Reference:
    """A converter of Django's; `apps` registers it."""

    regex = "[a-z0-9]{16}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
