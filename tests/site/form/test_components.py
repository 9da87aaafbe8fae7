"""The components: escaped whatever they are given, tied together for a reader, and all on the living page."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Engine, RequestContext, Template, TemplateSyntaxError
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from read_html import read, said

from lippen.site.form.fields import DayField
from lippen.site.form.living_page import ORDER, Letter
from lippen.site.form.templatetags.form import register

HOSTILE = (
    """</title></td></p>"'><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7|add:7 }}{% now 'Y' %}"""
)
HARMLESS = "words"


def made(source: str, **context: Any) -> str:
    return Template(source).render(Context(context))


EACH_WITH_TEXT = {
    "button": "{% button t name=t value=t %}",
    "link_button": "{% link_button t t %}",
    "post_button": "{% post_button t t name=t value=t %}",
    "notice": "{% notice title=t %}{{ t }}{% endnotice %}",
    "warning": "{% notice kind='warning' title=t %}{{ t }}{% endnotice %}",
    "table": "{% table caption=t columns=t %}<tr><th scope='row'>{{ t }}</th></tr>{% endtable %}",
    "empty table": "{% table caption=t columns=t empty=t %}{% endtable %}",
    "summary": "{% summary %}{% line t change=t %}{{ t }}{% endline %}{% endsummary %}",
    "tag": "{% tag t %}",
    "when": "{% when None never=t %}",
    "help": "{% help t %}{{ t }}{% endhelp %}",
    "fold": "{% fold t %}{{ t }}{% endfold %}",
    "breadcrumbs": "{% breadcrumbs t t t %}",
    "back": "{% back t t %}",
    "send_form": "{% send_form form t cancel=t %}",
    "error_summary": "{% error_summary form %}",
}
TEXT = st.one_of(
    st.just(HOSTILE), st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), min_size=1)
)


class Told(forms.Form):
    """A form in which everything comes from elsewhere: labels, hints, choices, and what was written."""

    def __init__(self, text: str, written: dict[str, Any] | None = None) -> None:
        super().__init__(written)
        self.fields["words"] = forms.CharField(label=text, help_text=text, max_length=1)
        self.fields["one"] = forms.ChoiceField(
            label=text, help_text=text, choices=[("a", text)], widget=forms.RadioSelect
        )
        self.fields["many"] = forms.MultipleChoiceField(
            label=text, choices=[("a", text)], widget=forms.CheckboxSelectMultiple
        )
        self.fields["day"] = DayField(label=text, help_text=text)
        self.fields["yes"] = forms.BooleanField(label=text, help_text=text)
        self.fields["from_list"] = forms.ChoiceField(label=text, choices=[("a", text)])


@pytest.mark.parametrize("component", EACH_WITH_TEXT)
@given(text=TEXT)
def test_no_text_changes_what_a_component_is_made_of(component: str, text: str) -> None:
    source = EACH_WITH_TEXT[component]
    if "columns" in source:
        text = text.replace("|", "").rstrip("#") or HARMLESS
    harmless = made(source, t=HARMLESS, form=Told(HARMLESS, {"words": "abc"}))
    html = made(source, t=text, form=Told(text, {"words": "abc"}))
    assert read(html).shape == read(harmless).shape
    assert "14" not in html or "14" in text, "a text was run as a template"


@given(text=TEXT)
def test_no_text_changes_what_a_form_is_made_of(text: str) -> None:
    written = dict.fromkeys(("words", "one", "many", "day_day", "day_month", "day_year", "from_list"), text)
    harmless = read(str(Told(HARMLESS, dict.fromkeys(written, HARMLESS))))
    shape = read(str(Told(text, written))).shape
    lines = sum(name == "p" for name, _ in shape) - sum(name == "p" for name, _ in harmless.shape)
    assert abs(lines) <= 1, "a text of white space or of one letter is another error, and nothing else"
    assert {name for name, _ in shape} == {name for name, _ in harmless.shape}
    assert {one for _, names in shape for one in names} <= {
        *(one for _, names in harmless.shape for one in names),
        "checked",
        "selected",
    }


def test_every_component_is_on_the_living_page_and_its_example_uses_it() -> None:
    assert sorted(ORDER) == sorted(register.tags)
    for name in ORDER:
        source = str(Engine.get_default().get_template(f"form/examples/{name}.html").source)
        assert re.search(rf"{{% {name}( |%)", source), name
        assert register.tags[name].__doc__, name


@pytest.mark.parametrize(
    "source",
    [
        "{% button 'Save' kind='loud' %}",
        "{% link_button 'Go' '/' kind='loud' %}",
        "{% post_button 'Go' '/' kind='loud' %}",
        "{% notice kind='loud' %}{% endnotice %}",
        "{% tag 'Open' kind='loud' %}",
        "{% breadcrumbs 'Home' '/' %}",
    ],
)
def test_a_component_used_wrongly_says_what_it_takes(source: str) -> None:
    with pytest.raises(TemplateSyntaxError, match=r"kinds|by turns"):
        made(source)


def test_what_has_to_be_put_right_is_tied_to_its_field() -> None:
    wrong = Letter({"since_day": "31", "since_month": "2", "since_year": "2026"})
    page = read(str(wrong))
    assert len(page.ids) == len(set(page.ids))
    described = {
        one: element.name
        for element in page.elements
        for one in element.attributes.get("aria-describedby", "").split()
    }
    assert set(described) <= set(page.ids)
    for name in wrong.errors:
        assert f"id_{name}_error" in described, name
    for name in ("name", "since", "days"):
        assert f"id_{name}_helptext" in described, name
    assert described["id_answer_error"] == described["id_since_error"] == "fieldset"
    links = [one.attributes["href"].removeprefix("#") for one in page.named("a")]
    assert len(links) == len(wrong.errors)
    focused = {
        one.attributes.get("id") for one in page.elements if one.name in {"input", "select", "textarea"}
    }
    assert set(links) <= focused
    assert all(one.attributes["aria-invalid"] == "true" for one in page.named("textarea"))


def test_each_field_has_a_name_that_is_read_out() -> None:
    page = read(str(Letter()))
    labelled = {one.attributes["for"] for one in page.named("label")}
    fields = [one for one in page.elements if one.name in {"input", "select", "textarea"}]
    assert len(fields) > 10
    assert {one.attributes["id"] for one in fields} == labelled
    assert len(page.named("legend")) == len(page.named("fieldset")) == 3


def test_a_form_in_order_has_no_summary_of_errors_and_says_what_is_optional() -> None:
    html = str(Letter())
    assert "There is a problem" not in said(html)
    assert "E-mail address at work (optional)" in said(html)
    assert "Your name (optional)" not in said(html)


def test_a_question_in_the_summary_has_no_other_sign_behind_its_own() -> None:
    class Asks(forms.Form):
        what = forms.CharField(label="What was it?")
        name = forms.CharField(label="Your name")

    text = said(str(Asks({})))
    assert "What was it? Fill this in." in text
    assert "Your name: Fill this in." in text


def test_errors_of_no_field_and_of_hidden_fields_are_in_the_summary() -> None:
    class Hidden(forms.Form):
        key = forms.CharField(widget=forms.HiddenInput)

        def clean(self) -> None:
            raise forms.ValidationError("Both of you cannot be first.")

    text = said(str(Hidden({})))
    assert "Both of you cannot be first." in text
    assert "Fill this in." in text
    assert str(Hidden({})).count('type="hidden"') == 1


@given(day=st.dates(date(1900, 1, 1), date(2200, 12, 31)))
def test_every_day_of_the_calendar_is_taken_as_it_is_written(day: date) -> None:
    class When(forms.Form):
        day = DayField()

    form = When({"day_day": str(day.day), "day_month": f"0{day.month}", "day_year": f" {day.year} "})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["day"] == day
    again = read(str(When(initial={"day": day})))
    assert [one.attributes["value"] for one in again.named("input")] == [
        str(day.day),
        str(day.month),
        str(day.year),
    ]


@pytest.mark.parametrize(
    ("written", "error"),
    [
        (("31", "2", "2026"), "no such day"),
        (("0", "1", "2026"), "no such day"),
        (("1", "13", "2026"), "no such day"),
        (("1", "1", "0000"), "no such day"),
        (("", "1", "2026"), "Fill in the day too"),
        (("1", " ", "2026"), "Fill in the month too"),
        (("1", "1", ""), "Fill in the year too"),
        (("first", "1", "2026"), "the day in figures"),
        (("1", "May", "2026"), "the month in figures"),
        (("1", "1", "26"), "four figures"),
        (("1", "1", "-2026"), "the year in figures"),
        (("\u0661", "1", "2026"), "the day in figures"),
        (("1", "1", "9" * 5000), "four figures"),
        (("9" * 20, "1", "2026"), "no such day"),
        (("1", "9" * 5000, "2026"), "no such day"),
        (("31", "12", "9999"), "a year from 1900 to 2200"),
        (("1", "1", "2201"), "a year from 1900 to 2200"),
        (("31", "12", "1899"), "a year from 1900 to 2200"),
    ],
)
def test_a_day_that_is_none_is_refused_and_shown_as_it_was_written(
    written: tuple[str, str, str], error: str
) -> None:
    class When(forms.Form):
        day = DayField(required=False)

    form = When(dict(zip(("day_day", "day_month", "day_year"), written, strict=True)))
    assert not form.is_valid()
    assert error in said(str(form))
    shown = [one.attributes.get("value", "") for one in read(str(form)).named("input")]
    assert shown == list(written)


def test_a_day_may_be_left_out_where_it_is_optional_and_nowhere_else() -> None:
    empty = {"day_day": "", "day_month": "", "day_year": ""}

    class Optional(forms.Form):
        day = DayField(required=False)

    class Needed(forms.Form):
        day = DayField()

    assert Optional(empty).is_valid()
    assert Needed(empty).errors == {"day": ["Fill this in."]}
    assert not Optional(empty, initial={"day": None}).has_changed()
    assert Optional({**empty, "day_day": "1"}).has_changed()


def test_a_table_names_its_columns_and_rows_and_never_stands_empty() -> None:
    full = made(
        "{% table caption='Reading' columns='Who|Records#' %}"
        "<tr><th scope='row'>Ailsa</th><td class='number'>4</td></tr>{% endtable %}"
    )
    page = read(full)
    assert [one.attributes["scope"] for one in page.named("th")] == ["col", "col", "row"]
    assert "caption" in {one.name for one in page.elements}
    (region,) = [one for one in page.elements if one.attributes.get("role") == "group"]
    assert region.attributes["tabindex"] == "0"
    assert region.attributes["aria-label"] == "Reading"
    assert "Records#" not in full
    buttons = "{% table caption='People' columns='Who|' %}<tr><th scope='row'>Ailsa</th></tr>{% endtable %}"
    assert "What you can do" in said(made(buttons)), "a heading that is not seen is still read out"
    assert said(made("{% table caption='Reading' columns='Who' empty='Nobody.' %} {% endtable %}")) == (
        "ReadingNobody."
    )


def paged(number: int, of: int, asked: str = "") -> str:
    request = RequestFactory().get(f"/register/?{asked}")
    context = RequestContext(request, {"one": Paginator(range(of), 20).get_page(number), "request": request})
    return Template("{% pagination one of='entries' %}").render(context)


def test_a_long_list_says_where_one_is_and_keeps_what_narrowed_it() -> None:
    html = paged(7, 480, "words=a%26b&page=3")
    assert "121 to 140 of 480 entries" in said(html)
    links = [one.attributes for one in read(html).named("a")]
    assert {one["href"].split("&page=")[0] for one in links} == {"/register/?words=a%26b"}
    assert [one["href"] for one in links if one.get("rel")] == [
        "/register/?words=a%26b&page=6",
        "/register/?words=a%26b&page=8",
    ]
    assert [one["href"][-1] for one in links if one.get("aria-current") == "page"] == ["7"]
    assert read(paged(1, 480, 'words="><script>')).named("script") == []


class Followed(forms.Form):
    """What narrows a list, and a field that a link filled in."""

    words = forms.CharField(label="Words", required=False)
    reader = forms.CharField(label="Reader", widget=forms.HiddenInput, required=False)


def test_a_hidden_field_of_filters_is_sent_and_not_drawn() -> None:
    request = RequestFactory().get("/register/", {"reader": "abcd"})
    source = Template("{% filters narrow %}")
    page = source.render(RequestContext(request, {"narrow": Followed(request.GET)}))
    (sent,) = [one for one in read(page).named("input") if one.attributes["name"] == "reader"]
    assert sent.attributes["type"] == "hidden"
    assert sent.attributes["value"] == "abcd"
    assert [one.attributes["for"] for one in read(page).named("label")] == ["id_words"]
    assert "Reader" not in said(page)


class Narrowed(Followed):
    """The same with a choice, a day, a box to tick, and a word on the field that a link filled in."""

    kind = forms.ChoiceField(label="Kind", choices=[("", "Any"), ("a", "Of A")], required=False)
    since = DayField(label="First day", required=False)
    alone = forms.BooleanField(label="Without the rest", required=False)
    but_quiet = forms.BooleanField(label="Leave out lines that say little", required=False)

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.fields["reader"].help_text = "Of one reader"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("", ""),
        ("kind=&words=", ""),
        ("words=<b>", "Only this is shown. Words: “<b>”."),
        (
            "kind=a&since_day=2&since_month=1&since_year=2026&alone=on&reader=abcd",
            "Only this is shown. Of one reader. Kind: Of A. First day: 2 January 2026. Without the rest.",
        ),
        ("words=x&kind=other", ""),
        ("but_quiet=on", "Left out: lines that say little."),
        ("but_quiet=on&words=x", "Only this is shown. Words: “x”. Left out: lines that say little."),
    ],
)
def test_filters_say_for_paper_to_what_they_narrowed_a_list(asked: str, told: str) -> None:
    request = RequestFactory().get(f"/register/?{asked}")
    source = Template("{% filters narrow %}")
    page = source.render(RequestContext(request, {"narrow": Narrowed(request.GET if asked else None)}))
    shown = [said(one) for one in re.findall(r'<p class="on-paper">.*</p>', page)]
    assert shown == ([told] if told else [])


def test_a_short_list_has_no_other_pages() -> None:
    assert said(paged(1, 12)) == "1 to 12 of 12 entries"
    assert said(paged(1, 0)) == "No entries"
    assert said(paged(1, 1)) == "1 in all"
    assert said(paged(3, 41)).startswith("41 of 41 entries")


def test_a_moment_is_written_out_by_the_partnerships_clock_with_its_zone() -> None:
    summer = made("{% when at %}", at=datetime.fromisoformat("2026-07-01T01:30+02:00"))
    assert said(summer) == "1 July 2026, 00:30 BST"
    assert read(summer).elements[0].attributes == {"datetime": "2026-06-30T23:30:00Z"}
    assert said(made("{% when at %}", at=datetime(2026, 1, 1, tzinfo=UTC))) == "1 January 2026, 00:00 GMT"
    assert said(made("{% when at %}", at=date(2026, 3, 7))) == "7 March 2026"
    assert said(made("{% when at %}", at=None)) == "never"


def test_the_hour_that_an_autumn_night_has_twice_is_told_apart_by_its_zone() -> None:
    twice = [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1)]
    assert [said(made("{% when at %}", at=at))[-9:] for at in twice] == ["01:30 BST", "01:30 GMT"]


@pytest.mark.parametrize(("zone", "shown"), [("Asia/Kathmandu", "05:45 UTC+0545"), ("UTC", "00:00 UTC")])
def test_another_zone_shows_its_own_clock(settings: Any, zone: str, shown: str) -> None:
    settings.TIME_ZONE = zone
    assert said(made("{% when at %}", at=datetime(2026, 1, 1, tzinfo=UTC))) == f"1 January 2026, {shown}"
