"""The resident's page on a slow telephone: how much has to come, in how many pieces."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import partnership

from lippen.site.speak.page import BUILT, read_page, read_publication

MOST_BYTES = 70_000
ALL = ("/", "/page.css", "/page.js", "/manifest.json", "/desks/harbour.json")
"""What she loads until she has chosen a desk: four pieces, and then that desk's keys."""


def test_all_that_a_resident_loads_is_at_most_70_000_bytes(tmp_path: Path) -> None:
    """As it is handed out to a browser that takes gzip, with as many keys as a desk can have."""
    partnership.publish(tmp_path, dt.date(2026, 11, 28))
    published = read_publication(tmp_path / "speak")
    assert published is not None
    files = {**read_page(BUILT), **published.files}
    weights = {path: len(files[path].compressed.body) for path in ALL}
    assert sum(weights.values()) <= MOST_BYTES, weights
    assert weights["/page.js"] > 50_000, "what is weighed is not the page"


def test_what_loads_on_use_is_not_part_of_it_and_is_there() -> None:
    """Another language and what strips photographs."""
    files = read_page(BUILT)
    assert {"/photographs.js", "/ar.json", "/pl.json"} <= set(files)
    page = files["/page.js"].plain.body.decode()
    assert "Opuść tę stronę" not in page
    assert "JFIF" not in page
