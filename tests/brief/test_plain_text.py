"""Text from an export on the page: readable as it is, and unable to change how anything else reads."""

from __future__ import annotations

import html
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lippen.brief.plain_text import isolated, plain

JOINERS = "\u200c\u200d"


@pytest.mark.parametrize(
    "text",
    [
        "NOISE COMPLAINT",
        "Café, Łódź, Inbhir Nis",
        "Tiếng Việt có dấu",  # two marks on a letter
        "שָׁלוֹם",  # points below and above
        "عاجل شرطة",
        "می‌خواهم",  # Persian, with a joiner
        "क्ष और ज्ञ",
        "👩‍👩‍👧‍👦 🚨 café",
        "price < 5 & > 3 'each' \"net\"",
    ],
)
def test_what_people_write_stays_as_they_wrote_it(text: str) -> None:
    assert plain(text) == text


@pytest.mark.parametrize("code", [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C])
def test_characters_that_reorder_others_are_shown_and_not_obeyed(code: int) -> None:
    """Unicode Standard Annex 9; the attack is that of N. Boucher and R. Anderson, Trojan Source (2021)."""
    assert plain(f"abc{chr(code)}gnp.exe") == f"abc⟨U+{code:04X}⟩gnp.exe"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("nul\x00here", "nul⟨U+0000⟩here"),
        ("\x1b[31mred", "⟨U+001B⟩[31mred"),
        ("\ufeffmark", "⟨U+FEFF⟩mark"),
        ("zero\u200bwidth", "zero⟨U+200B⟩width"),
        ("soft\u00adhyphen", "soft⟨U+00AD⟩hyphen"),
        ("\U000e0041tag", "⟨U+E0041⟩tag"),
        ("lone\ud800half", "lone⟨U+D800⟩half"),
        ("private\ue000use", "private⟨U+E000⟩use"),
    ],
)
def test_what_cannot_be_seen_is_shown_by_its_code_point(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_a_tower_of_marks_stops_at_three() -> None:
    assert plain("Z" + "\u0301" * 200 + "a") == "Z" + "\u0301" * 3 + "a"
    assert plain("Z\u0301" * 20) == "Z\u0301" * 20


def test_lines_and_wide_spaces_become_one_space() -> None:
    assert plain("  line\r\nbreak\ttab\u2028para\u3000 wide  ") == "line break tab para wide"


@pytest.mark.parametrize("unit", ["x", "é", "\u202e", "\u0301", " "])
def test_a_name_of_ten_megabytes_is_cut_and_says_so(unit: str) -> None:
    shown = plain(unit * (10_000_000 // len(unit)), 40)
    assert shown.endswith("…")
    assert len(shown) <= 41


def test_what_just_fits_is_whole_and_one_more_is_cut() -> None:
    assert plain("x" * 80) == "x" * 80
    assert plain("x" * 81) == "x" * 80 + "…"


def test_nothing_is_the_empty_text() -> None:
    assert plain(None) == ""


@given(st.text(), st.integers(1, 60))
def test_whatever_comes_is_one_short_line_of_visible_text(text: str, limit: int) -> None:
    shown = plain(text, limit)
    assert len(shown) <= limit + 1
    assert shown == shown.strip()
    assert "  " not in shown
    run = 0
    for character in shown:
        category = unicodedata.category(character)
        run = run + 1 if category in ("Mn", "Me") else 0
        assert run <= 3
        assert category not in ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp") or character in JOINERS
        assert character == " " or category != "Zs"
    if not shown.endswith("…"):
        assert plain(shown, limit) == shown


@given(st.text())
def test_isolated_text_is_the_same_text_inside_one_element(text: str) -> None:
    markup = isolated(text)
    inside = markup.removeprefix("<bdi>").removesuffix("</bdi>")
    assert len(markup) == len(inside) + len("<bdi></bdi>")
    assert not set("<>\"'") & set(inside)
    assert html.unescape(inside) == plain(text)


def test_isolated_markup_is_text_like_any_other() -> None:
    assert isolated("</bdi><script>alert(1)</script>") == (
        "<bdi>&lt;/bdi&gt;&lt;script&gt;alert(1)&lt;/script&gt;</bdi>"
    )
