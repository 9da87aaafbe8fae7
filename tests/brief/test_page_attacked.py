"""Text from an export that is meant to do harm stays text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hostile import hostile
from html_tree import written
from sample import nothing_known, sample, suspended


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from strings(key)
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def test_the_hostile_sample_is_in_every_text_that_an_export_can_reach() -> None:
    """Otherwise what follows would prove little."""
    facts, tables = hostile()
    evil = "<script>alert(1)</script>"
    reached = {
        name for name, rows in tables.items() if any(evil in text for text in strings(rows.to_pylist()))
    }
    assert reached == set(tables) - {"volumes_week", "calibration"}
    for key in (
        "place",
        "inputs",
        "not_read",
        "notes",
        "unlisted_codes",
        "stages",
        "versions",
        "clock",
        "period",
    ):
        assert any(evil in text for text in strings(facts[key])), key


def test_markup_in_an_export_is_text_on_the_page(tmp_path: Path) -> None:
    html, root = written(hostile(), tmp_path)
    said = "".join(root.itertext())
    for text in (
        "<script>alert(1)</script>",
        "</style><script>alert(2)</script>",
        '"><img src=x onerror=alert(3)>',
        "{{ 7*7 }}{% raw %}",
        "&lt;b&gt; & 'q'",
        "javascript:alert(4)",
    ):
        assert text in said
    assert not list(root.iter("img"))
    assert [one.tag for one in root.iter("style")] == ["style"]
    assert "abc⟨U+202E⟩gnp.exe" in said
    assert "nul⟨U+0000⟩here" in said
    assert "\u202e" not in html
    assert "\x00" not in html
    assert "x" * 500 not in html


def test_the_same_elements_stand_on_the_page_whatever_the_export_calls_things(tmp_path: Path) -> None:
    """Hostile names change texts only: no element, class or attribute is of their making."""
    allowed: set[tuple[str, str]] = set()
    for made in (sample(2), sample(60), suspended(), nothing_known()):
        _, root = written(made, tmp_path / "tame")
        allowed |= {(one.tag, name) for one in root.iter() for name in one.attrib}
    _, root = written(hostile(), tmp_path / "hostile")
    assert {(one.tag, name) for one in root.iter() for name in one.attrib} <= allowed
