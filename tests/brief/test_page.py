"""The page as it is written: whole, safe whatever the export says, and telling by words what it draws."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
import unicodedata
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest
from hostile import hostile
from html_tree import ancestors, text_of, with_class, with_id, written
from sample import Facts, Tables, nothing_known, sample, suspended

from lippen.brief import words

SAMPLES: dict[str, Callable[[], tuple[Facts, Tables]]] = {
    "no episode": lambda: sample(0),
    "three episodes": sample,
    "sixty episodes": lambda: sample(60),
    "nothing known": nothing_known,
    "nothing given": lambda: ({}, {}),
    "suspended": suspended,
    "hostile": hostile,
}


@pytest.fixture(scope="module", params=SAMPLES)
def page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ET.Element]:
    """Each sample in turn: the page as text and as a tree."""
    return written(SAMPLES[request.param](), tmp_path_factory.mktemp("page"))


Page = tuple[str, ET.Element]


def test_nothing_on_the_page_can_run(page: Page) -> None:
    html, root = page
    assert "<script" not in html.lower()
    for element in root.iter():
        assert element.tag not in {
            "script",
            "iframe",
            "object",
            "embed",
            "form",
            "input",
            "button",
            "link",
            "base",
        }
        assert not [name for name in element.attrib if name.startswith("on")], element.tag


def test_the_policy_lets_in_the_one_style_and_nothing_else(page: Page) -> None:
    html, root = page
    (style,) = root.iter("style")
    assert html.count("</style>") == 1
    digest = base64.b64encode(hashlib.sha256((style.text or "").encode()).digest()).decode()
    (policy,) = [one.get("content", "") for one in root.iter("meta") if "Policy" in one.get("http-equiv", "")]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules == {
        "default-src": "'none'",
        "style-src": f"'sha256-{digest}'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert not [one for one in root.iter() if one.get("style")]
    head = next(root.iter("head"))
    assert [one.tag for one in head][:2] == ["meta", "meta"], "the policy must stand before all that it rules"


def test_nothing_on_the_page_points_outside(page: Page) -> None:
    html, root = page
    ids = {one.get("id") for one in root.iter()}
    for element in root.iter():
        assert "src" not in element.attrib
        assert "srcset" not in element.attrib
        for name in ("href", "{http://www.w3.org/1999/xlink}href"):
            if name in element.attrib:
                assert element.attrib[name].startswith("#"), element.attrib
                assert element.attrib[name][1:] in ids
    style = next(root.iter("style")).text or ""
    assert not re.search(r"url\(|@import|@font-face|expression|image-set", style)
    assert not [one for one in root.iter("meta") if one.get("http-equiv", "").lower() == "refresh"]
    for character in set(html) - set("\n\u200c\u200d"):
        assert unicodedata.category(character) not in ("Cc", "Cf", "Co", "Cs", "Cn"), hex(ord(character))


def test_ids_are_unique_and_what_is_pointed_at_is_there(page: Page) -> None:
    _, root = page
    ids = [one.get("id") for one in root.iter() if one.get("id")]
    assert len(ids) == len(set(ids))
    for element in root.iter():
        for name in element.get("aria-labelledby", "").split():
            assert text_of(with_id(root, name)), name


def test_headings_go_down_one_step_at_a_time(page: Page) -> None:
    _, root = page
    levels = [int(one.tag[1]) for one in root.iter() if re.fullmatch("h[1-6]", one.tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert all(text_of(one) for one in root.iter() if re.fullmatch("h[1-6]", one.tag))


def test_every_picture_has_words_or_is_marked_as_adornment(page: Page) -> None:
    _, root = page
    for element, above in ancestors(root):
        if element.tag != "svg" or any(one.tag == "svg" for one in above):
            continue
        if element.get("aria-hidden") == "true":
            assert not [one for one in element.iter() if one.tag == "text"], (
                "hidden pictures tell nothing alone"
            )
            continue
        assert element.get("role") == "img"
        assert len(element.get("aria-label", "")) > 20


def test_every_chart_stands_beside_a_table_or_a_list_of_the_same_figures(page: Page) -> None:
    _, root = page
    for figure in root.iter("figure"):
        assert text_of(figure.findall("figcaption")[0])
    for strip in with_class(root, "strip"):
        (card,) = [one for one in with_class(root, "card") if strip in list(one.iter())]
        assert list(card.iter("table"))


def test_every_table_has_a_name_and_headings(page: Page) -> None:
    _, root = page
    for one in root.iter("table"):
        assert text_of(with_id(root, one.get("aria-labelledby", "")))
        heads = list(one.iter("th"))
        assert heads
        assert {cell.get("scope") for cell in heads} <= {"col", "row"}
        wide = {len(list(row)) for row in one.iter("tr")}
        assert len(wide) == 1, "every row has a cell under every heading"


def test_in_short_comes_first_and_the_contents_lead_everywhere(page: Page) -> None:
    _, root = page
    main = next(root.iter("main"))
    heads = [text_of(next(one.iter("h2"))) for one in main if one.tag == "section"]
    rest = [
        "In short",
        "What came in",
        "How volumes move",
        "Episodes",
        "How often this is wrong",
        "About this page",
    ]
    assert heads in (rest, ["Assessment is suspended", *rest])
    (contents,) = list(root.iter("nav"))
    assert [text_of(one) for one in contents.iter("a")] == rest


def test_the_page_says_what_nobody_may_read_into_it(page: Page) -> None:
    _, root = page
    said = text_of(next(root.iter("main")))
    assert words.STANDING_LINE in said
    assert words.NEVER_ASSESSED in said
    for card in with_class(root, "card"):
        assert len(text_of(with_class(card, "card-line")[0])) > 20


def test_no_placeholder_reaches_the_reader(page: Page) -> None:
    _, root = page
    for element in root.iter():
        if element.tag != "style":
            for said in (element.text or "", element.tail or "", element.get("aria-label", "")):
                assert not re.search(r"\b(None|nan|inf|Undefined|NaT)\b", said), said
