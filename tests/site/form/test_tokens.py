"""The tokens: enough contrast in both themes (WCAG 2.2 AA), each of them used, and no colour beside them."""

from __future__ import annotations

import re

import pytest

from lippen.site.form.living_page import colours, stylesheet, tokens

CSS = re.sub(r"/\*.*?\*/", "", stylesheet(), flags=re.S)
TOKENS, RULES = CSS.split("@supports not", 1)
COLOURS = {one.name: {"light": one.light, "dark": one.dark} for one in colours()}

WORDS = [  # what is written on what: 4.5 to 1
    ("ink", "paper"),
    ("ink", "field"),
    ("ink", "tint"),
    ("ink", "alert-tint"),
    ("ink", "good-tint"),
    ("quiet", "paper"),
    ("quiet", "tint"),
    ("accent", "paper"),
    ("accent", "tint"),
    ("on-deep", "deep"),
    ("on-deep", "alert-deep"),
    ("alert", "paper"),
    ("alert", "tint"),
    ("alert", "alert-tint"),
    ("good", "good-tint"),
    ("on-low-steps", "step-1"),
    ("on-low-steps", "step-2"),
    ("on-high-steps", "step-3"),
    ("on-high-steps", "step-4"),
]
EDGES = [  # what shows where a thing ends, or where the focus is: 3 to 1
    ("edge", "paper"),
    ("edge", "field"),
    ("edge", "tint"),
    ("accent", "paper"),
    ("accent", "tint"),
    ("accent", "field"),
    ("alert", "field"),
    ("alert", "alert-tint"),
    ("accent", "band"),
]


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_measured_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("over", "under"), WORDS)
def test_words_can_be_read(over: str, under: str, theme: str) -> None:
    assert contrast(COLOURS[over][theme], COLOURS[under][theme]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("over", "under"), EDGES)
def test_edges_can_be_seen(over: str, under: str, theme: str) -> None:
    assert contrast(COLOURS[over][theme], COLOURS[under][theme]) >= 3


def test_every_colour_is_in_a_pair_that_is_measured_but_the_quietest_rule() -> None:
    assert {one for pair in [*WORDS, *EDGES] for one in pair} == set(COLOURS) - {"rule"}


def test_an_old_browser_gets_the_light_theme() -> None:
    fallback, _ = RULES.split("\n}\n", 1)
    told = dict(re.findall(r"--([\w-]+): (#\w{6});", fallback))
    assert told == {name: pair["light"] for name, pair in COLOURS.items()}
    assert "color-scheme: light;" in fallback


def test_every_token_is_used_and_every_one_used_is_there() -> None:
    there = {*COLOURS, *(name for name, _ in tokens())}
    used = set(re.findall(r"var\(--([\w-]+)\)", CSS))
    assert used == there
    assert set(re.findall(r"^  --([\w-]+):", TOKENS, re.M)) == there, (
        "a token that the living page leaves out"
    )


def test_no_rule_has_a_colour_of_its_own() -> None:
    _, rules = RULES.split("\n}\n", 1)
    assert re.findall(r"#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(", rules) == ["#ffffff"], "white is paper in print"


def test_the_stylesheet_asks_for_nothing() -> None:
    assert not re.search(r"url\(|@import|@font-face|//", CSS)
