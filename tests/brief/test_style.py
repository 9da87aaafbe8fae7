"""Colours of the page: enough contrast in light and dark, also where axe does not look (inside pictures)."""

from __future__ import annotations

import re
from importlib import resources

import pytest

STYLE = resources.files("lippen.brief").joinpath("style.css").read_text("utf-8")


def variables(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))


LIGHT = variables(STYLE[: STYLE.index("@media screen and (prefers-color-scheme: dark)")])
DARK_BLOCK = re.search(r"@media screen and \(prefers-color-scheme: dark\) \{(.*?)\n\}", STYLE, re.S)
assert DARK_BLOCK is not None
DARK = variables(DARK_BLOCK[1])
SCHEMES = {"light": LIGHT, "dark": {**LIGHT, **DARK}}


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio, WCAG 2.2."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


TEXT_ON = [
    ("ink", "paper"), ("quiet", "paper"), ("accent", "paper"), ("alert", "paper"), ("alert", "alert-tint"),
    ("ink", "alert-tint"), ("ink", "tint"), ("quiet", "tint"), ("on-deep", "deep"),
    ("n-low", "t1"), ("n-low", "t2"), ("n-high", "t3"), ("n-high", "t4"),
]  # fmt: skip


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("text", "ground"), TEXT_ON)
def test_text_stands_out_from_what_is_behind_it(scheme: str, text: str, ground: str) -> None:
    """WCAG 1.4.3: at least 4.5 to 1; also the numbers on the squares of the map."""
    assert contrast(SCHEMES[scheme][text], SCHEMES[scheme][ground]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("mark", ["accent", "alert", "ink", "quiet", "strong-rule"])
def test_marks_stand_out_from_the_paper(scheme: str, mark: str) -> None:
    """WCAG 1.4.11: at least 3 to 1 for what a picture needs to be understood."""
    assert contrast(SCHEMES[scheme][mark], SCHEMES[scheme]["paper"]) >= 3


def test_dark_differs_in_colours_only_and_in_all_of_them() -> None:
    inside = re.sub(r":root \{|\}", "", DARK_BLOCK[1] if DARK_BLOCK else "")
    assert re.sub(r"--[\w-]+: #[0-9a-f]{6};", "", inside).strip() == ""
    assert set(DARK) == set(LIGHT)
