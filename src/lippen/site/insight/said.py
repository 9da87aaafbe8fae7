"""What the library says of an export, as a page says it: by the name that the person's computer gave it."""

from __future__ import annotations

import re
from typing import Final

from lippen.signals.identity import mask_value
from lippen.site.insight.models import ImportJob

EXPORT: Final = re.compile(r"(?:/\S*/)?export-([0-9a-f]{12})(?:\.[a-z]+)+")
"""How an export is called on the disk and in the lake: by the first letters of its digest."""


def for_page(text: str, job: ImportJob | None = None) -> str:
    """`text` with each export called as whoever brought it in called it."""
    known = {job.digest[:12]: job.name} if job is not None else {}

    def named(found: re.Match[str]) -> str:
        if found[1] not in known:
            other = ImportJob.objects.filter(digest__startswith=found[1]).order_by("pk").first()
            known[found[1]] = other.name if other else "an earlier export"
        return known[found[1]]

    return EXPORT.sub(named, text)


def title_of(name: str) -> str:
    """What a page may call an export: the name of its file in words."""
    stem = name.split(".", maxsplit=1)[0] or name
    words = " ".join(re.sub(r"[^\w-]+|_+", " ", mask_value(stem)).split())
    return (words[:1].upper() + words[1:]) or "Incidents"
