"""Every page of the site that has an address of its own: none of whose parts varies."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from lippen.site.accounts.access import Access


def every_page() -> list[tuple[str, Access]]:
    """Address and who may open it, by the alphabet. What is no page, such as the API, is left out."""
    return sorted(_below(get_resolver().url_patterns, "/"), key=lambda one: one[0])


def _below(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[tuple[str, Access]]:
    for one in patterns:
        here = f"{before}{one.pattern}"
        if isinstance(one, URLResolver):
            yield from _below(one.url_patterns, here)
        elif "<" not in here and here.endswith("/") and not here.startswith("/api/"):
            access = getattr(one.callback, "access", None)
            if isinstance(access, Access) and "GET" in one.callback.methods:  # type: ignore[attr-defined]
                yield here, access
