"""What went wrong, as a sentence on a page."""

from __future__ import annotations

from lippen.errors import LippenError


def sentence(error: LippenError) -> str:
    """The error with a capital at its head and a full stop at its end."""
    text = str(error).strip()
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith((".", "?", "!")) else ".")
