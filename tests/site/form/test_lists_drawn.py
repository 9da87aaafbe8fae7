"""A list to choose from is drawn without Django's templates, and is the same list."""

from __future__ import annotations

from django import forms
from django.forms.renderers import DjangoTemplates
from django.test.html import parse_html
from django.utils.safestring import mark_safe
from hypothesis import given
from hypothesis import strategies as st

from lippen.site.form.rendering import FormRenderer

LABELS = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=12),
    st.sampled_from(["<b>bold</b>", "a & b", '"', "it's", "</select>", mark_safe("<i>as it is</i>")]),
)
VALUES = st.one_of(LABELS, st.integers(), st.booleans())
CHOICES = st.lists(
    st.one_of(st.tuples(VALUES, LABELS), st.tuples(LABELS, st.lists(st.tuples(VALUES, LABELS), max_size=3))),
    max_size=6,
)


@given(
    choices=CHOICES,
    chosen=VALUES,
    several=st.booleans(),
    attrs=st.dictionaries(st.sampled_from(["aria-label", "required", "id", "disabled"]), VALUES),
)
def test_it_is_the_list_that_django_draws(
    choices: list[tuple[object, object]], chosen: object, several: bool, attrs: dict[str, object]
) -> None:
    widget = (forms.SelectMultiple if several else forms.Select)(attrs, choices)
    drawn, by_django = (
        widget.render("kind", [chosen] if several else chosen, renderer=one)
        for one in (FormRenderer(), DjangoTemplates())
    )
    assert parse_html(drawn) == parse_html(by_django)


def test_no_choice_becomes_part_of_the_page() -> None:
    hostile = '"><script>'
    widget = forms.Select({"aria-label": hostile}, [(hostile, "</select><script>alert(1)</script>")])
    drawn = widget.render(hostile, "", renderer=FormRenderer())
    assert "<script" not in drawn
    assert drawn.count("</select>") == 1
