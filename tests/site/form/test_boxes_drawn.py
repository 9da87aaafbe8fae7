"""Boxes and lists of a form are drawn without Django's templates, and are the same boxes and lists."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.test.html import parse_html
from django.utils.safestring import mark_safe
from hypothesis import given
from hypothesis import strategies as st

from lippen.site.form.rendering import FormRenderer

HOSTILE = '"></select><script>alert(1)</script>'
LABELS = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=12),
    st.sampled_from(["<b>bold</b>", "a & b", '"', "it's", HOSTILE, mark_safe("<i>as it is</i>")]),
)
VALUES = st.one_of(LABELS, st.integers(), st.booleans())
ATTRIBUTES = st.dictionaries(st.sampled_from(["aria-label", "required", "id", "disabled"]), VALUES)
CHOICES = st.lists(
    st.one_of(st.tuples(VALUES, LABELS), st.tuples(LABELS, st.lists(st.tuples(VALUES, LABELS), max_size=3))),
    max_size=6,
)
BOXES = (
    *(forms.TextInput, forms.NumberInput, forms.EmailInput, forms.URLInput, forms.PasswordInput),
    *(forms.HiddenInput, forms.DateInput, forms.CheckboxInput),
)


@given(choices=CHOICES, chosen=VALUES, several=st.booleans(), attrs=ATTRIBUTES)
def test_a_list_is_the_one_that_django_draws(
    choices: list[tuple[Any, Any]], chosen: Any, several: bool, attrs: dict[str, Any]
) -> None:
    widget = (forms.SelectMultiple if several else forms.Select)(attrs, choices)
    ours, by_django = (
        widget.render("kind", [chosen] if several else chosen, renderer=one)
        for one in (FormRenderer(), DjangoTemplates())
    )
    assert parse_html(ours) == parse_html(by_django)


@given(kind=st.sampled_from(BOXES), value=st.one_of(st.none(), VALUES), attrs=ATTRIBUTES)
def test_a_box_is_the_one_that_django_draws(
    kind: type[forms.Widget], value: Any, attrs: dict[str, Any]
) -> None:
    ours, by_django = (
        kind(attrs).render("place", value, renderer=one) for one in (FormRenderer(), DjangoTemplates())
    )
    assert parse_html(ours) == parse_html(by_django)


@pytest.mark.parametrize("kind", BOXES)
def test_nothing_that_is_sent_breaks_out_of_a_box(kind: type[forms.Widget]) -> None:
    drawn = kind({"aria-label": HOSTILE}).render(HOSTILE, HOSTILE, renderer=FormRenderer())
    assert "<script" not in drawn
    assert drawn.count(">") == 1


def test_nothing_that_is_offered_breaks_out_of_a_list() -> None:
    widget = forms.Select({"aria-label": HOSTILE}, [(HOSTILE, HOSTILE), (HOSTILE, [(HOSTILE, HOSTILE)])])
    drawn = widget.render(HOSTILE, HOSTILE, renderer=FormRenderer())
    assert "<script" not in drawn
    assert drawn.count("</select>") == 1
