"""The operating code: ten promises, each with its tests or the plain word that it is not built, and a version
that cannot lag behind them.
"""

from __future__ import annotations

import ast
import re
from datetime import UTC, date, datetime
from importlib import resources
from pathlib import Path

import pytest
from django.apps import apps
from django.test import Client
from every_address import EVERY
from hypothesis import given
from hypothesis import strategies as st
from read_html import read, said

from lippen.site.accounts.permissions import permissions
from lippen.site.form.operating_code import WAITING, Promise, operating_code, parse
from lippen.site.register.classes import declared

ROOT = Path(__file__).parents[3]
SOURCE = resources.files("lippen.site.form").joinpath("operating-code.md").read_text("utf-8")
PROMISES = operating_code().promises


def test_there_are_ten_promises() -> None:
    assert [one.number for one in PROMISES] == list(range(1, 11))


def test_the_page_of_the_repository_is_the_file_that_ships() -> None:
    assert (ROOT / "docs/operating-code.md").read_text("utf-8") == SOURCE


def test_its_version_is_that_of_its_words() -> None:
    code = operating_code()
    assert code.digest_told == code.digest, (
        f"the promises changed: write `{code.digest}` and today's date at the head of operating-code.md"
    )
    assert date(2026, 11, 26) <= code.changed <= datetime.now(UTC).date()


@given(at=st.integers(SOURCE.index("## 1."), len(SOURCE.rstrip()) - 1))
def test_no_letter_of_a_promise_changes_without_its_version(at: int) -> None:
    other = "x" if SOURCE[at] != "x" else "y"
    try:
        changed = parse(SOURCE[:at] + other + SOURCE[at + 1 :])
    except ValueError:
        return
    assert changed.digest != changed.digest_told


@pytest.mark.parametrize("promise", PROMISES, ids=lambda one: one.title)
def test_each_test_that_a_promise_names_is_one_that_runs(promise: Promise) -> None:
    for proof in promise.proofs:
        tree = ast.parse((ROOT / proof.file).read_text("utf-8"))
        tests = {one.name: one for one in tree.body if isinstance(one, ast.FunctionDef)}
        assert proof.test in tests, proof
        marks = " ".join(ast.unparse(one) for one in tests[proof.test].decorator_list)
        assert "skip" not in marks, proof
        assert "xfail" not in marks, proof


def test_a_promise_that_is_not_built_says_so() -> None:
    """It waits for classes of data that no part of Lippen holds. Once one does, it has to be written anew."""
    page = said(Client(headers={"host": "localhost"}).get("/operating-code/").content.decode())
    waiting = [one for one in PROMISES if one.waiting]
    assert len(waiting) >= 1
    for promise in PROMISES:
        assert bool(promise.waiting) == bool(promise.waits_for) == (promise.state != "kept")
        for name in promise.waits_for:
            assert not permissions().data[name].built, f"promise {promise.number} waits for {name}: built"
            assert name not in declared(), f"promise {promise.number} waits for {name}: held"
        if promise.state == "not built yet":
            assert {one.test for one in promise.proofs} == {WAITING}
        elif promise.waiting:
            assert WAITING not in {one.test for one in promise.proofs}
        assert promise.waiting in page
    assert page.count("Not built yet") >= len(waiting)


def test_the_page_shows_each_promise_with_its_version_and_its_tests() -> None:
    html = Client(headers={"host": "localhost"}).get("/operating-code/").content.decode()
    text, page = said(html), read(html)
    assert operating_code().digest in text
    assert f"{operating_code().changed.day} {operating_code().changed:%B %Y}" in text
    for promise in PROMISES:
        assert f"promise-{promise.number}" in page.ids
        assert promise.title in text
        for words in promise.text:
            assert words in text
        for proof in promise.proofs:
            assert f"{proof.sentence}{proof.file}" in text


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("## 1. No score", "## No score", "no heading"),
        ("Version `", "Version of `", "version"),
        ("- `tests/test_engine.py::", "- `test_engine.py::", "names no test"),
        ("Not built yet (`agreement`):", "Not built yet:", "for which class"),
        ("- `tests/credibility/test_promises.py::test_every", "- tests/x.py::test_every", "names no test"),
    ],
)
def test_a_file_that_is_not_as_its_head_says_is_refused(old: str, new: str, named: str) -> None:
    assert old in SOURCE
    with pytest.raises(ValueError, match=named):
        parse(SOURCE.replace(old, new, 1))


def test_a_promise_without_a_test_is_refused() -> None:
    bare = SOURCE[: SOURCE.index("- `tests/credibility/test_promises.py::test_every")]
    with pytest.raises(ValueError, match="no words or no test"):
        parse(bare)


MARKS = {"offender", "suspect", "criminal", "convicted", "gang", "nominal", "threat", "danger", "exploiter"}


def test_no_mark_follows_a_person_about() -> None:
    """No field of any model of the site, and none of its choices, calls somebody an offender or the like."""
    ours = [one for one in apps.get_models() if one.__module__.startswith("lippen.site")]
    assert len(ours) > 5
    for model in ours:
        for field in model._meta.get_fields():
            values = [str(value) for value, _ in getattr(field, "flatchoices", ())]
            words = {word for name in (field.name, *values) for word in re.split(r"[_-]", name.lower())}
            assert not MARKS & words, f"{model._meta.label}.{field.name}"


PICTURES = {"img", "canvas", "map", "area", "iframe", "object", "embed", "video"}


@pytest.mark.django_db(transaction=True)
def test_no_page_for_everybody_holds_a_map_or_a_picture_of_a_place() -> None:
    client = Client(headers={"host": "localhost"})
    seen = 0
    for one in EVERY:
        address = one.path({})
        if one.access.who != "everybody" or "GET" not in one.methods:
            continue
        response = client.get(address)
        if not response.get("Content-Type", "").startswith("text/html") or response.status_code != 200:
            continue
        seen += 1
        for element in read(response.content.decode()).elements:
            assert element.name not in PICTURES, address
            if element.name == "svg":
                assert element.attributes["class"] == "swatch", address
    assert seen >= 3
