"""The living page: every component in all its states, and the tokens, none of it written twice.

What a component is for comes from its tag's docstring, what it looks like from `templates/form/examples/`,
whose source stands below what it makes, and the tokens from `form.css`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from importlib import resources
from inspect import cleandoc
from typing import Any, Final

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.template import Engine
from django.template.loader import render_to_string

from lippen.site.form.fields import DayField
from lippen.site.form.sending import sent
from lippen.site.form.templatetags.form import register

ORDER: Final = (
    *("button", "link_button", "post_button"),
    *("field", "send_form", "error_summary", "filters"),
    *("notice", "table", "summary", "line", "tag", "when", "pagination", "help", "fold"),
    *("breadcrumbs", "back"),
)
"""The tags, as the page shows them. A test fails when one is missing."""

_COLOUR: Final = re.compile(r"^  --([\w-]+): light-dark\((#\w{6}), (#\w{6})\);$", re.M)
_TOKEN: Final = re.compile(
    r"^  --((?:type|space|serif|sans|mono|measure|sheet|target|round)[\w-]*): (.+);$", re.M
)


class Letter(forms.Form):
    """Nobody's letter: a field of each kind."""

    name = forms.CharField(label="Your name", max_length=60, help_text="As your colleagues know you.")
    address = forms.EmailField(label="E-mail address at work", required=False)
    since = DayField(label="Since when?", help_text="For example 27 3 2026.")
    organisation = forms.ChoiceField(
        label="Kind of organisation",
        choices=[("", "Choose one"), ("housing", "Housing"), ("health", "Health"), ("school", "School")],
    )
    answer = forms.ChoiceField(
        label="May we ring you?", choices=[("yes", "Yes"), ("no", "No")], widget=forms.RadioSelect
    )
    days = forms.MultipleChoiceField(
        label="On which days?",
        choices=[("mon", "Monday"), ("wed", "Wednesday"), ("fri", "Friday")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Choose all that suit you.",
    )
    words = forms.CharField(label="What would you like to say?", widget=forms.Textarea({"rows": 4}))
    agreed = forms.BooleanField(label="I have read who will see this")
    fixed = forms.CharField(
        label="Cannot be changed here", disabled=True, required=False, initial="Set by an administrator"
    )


class Narrowing(forms.Form):
    """A list's limits."""

    words = forms.CharField(label="Words", required=False)
    kind = forms.ChoiceField(
        label="Kind", choices=[("", "Every kind"), ("read", "Read"), ("changed", "Changed")], required=False
    )


@dataclass(frozen=True)
class Shown:
    """A component on the living page: its tag, what it is for, how it is written and what that makes."""

    name: str
    meant: str
    source: str
    made: str

    @property
    def title(self) -> str:
        return self.name.replace("_", " ").capitalize()


@dataclass(frozen=True)
class Colour:
    """A token of colour in both themes."""

    name: str
    light: str
    dark: str


@cache
def stylesheet() -> str:
    return resources.files("lippen.site.form").joinpath("static/form/form.css").read_text("utf-8")


def colours() -> tuple[Colour, ...]:
    return tuple(Colour(*found) for found in _COLOUR.findall(stylesheet()))


def tokens() -> tuple[tuple[str, str], ...]:
    """Name and value of each token of type and space."""
    return tuple(_TOKEN.findall(stylesheet()))


def shown(request: HttpRequest) -> dict[str, Any]:
    """What the template of the living page needs. A letter sent to it is checked, and goes nowhere."""
    form = Letter(sent(request))
    examples = {
        "empty": Letter(auto_id="empty-%s"),
        "filled": Letter(
            {
                "name": "Ailsa Gow",
                "address": "ailsa@example.org",
                "since_day": "27",
                "since_month": "3",
                "since_year": "2026",
                "organisation": "housing",
                "answer": "yes",
                "days": ["mon", "fri"],
                "words": "Two lines\nof text.",
                "agreed": "on",
            },
            auto_id="filled-%s",
        ),
        "wrong": Letter(
            {"address": "ailsa at work", "since_day": "31", "since_month": "2", "since_year": "2026"},
            auto_id="wrong-%s",
        ),
        "narrowing": Narrowing(
            request.GET if request.GET.keys() & {"words", "kind"} else None, auto_id="narrow-%s"
        ),
        "form": form,
        "long": Paginator(range(480), 20).page(7),
        "short": Paginator(range(12), 20).page(1),
        "none": Paginator((), 20).page(1),
        "moment": datetime(2026, 11, 26, 20, 24, tzinfo=UTC),
        "day": date(2026, 11, 26),
    }
    look = request.GET.get("look")
    return {
        "look": look if look in {"light", "dark"} else "",
        "form": form,
        "components": [_component(name, examples, request) for name in ORDER],
        "colours": colours(),
        "tokens": tokens(),
    }


def _component(name: str, examples: dict[str, Any], request: HttpRequest) -> Shown:
    path = f"form/examples/{name}.html"
    said = cleandoc(register.tags[name].__doc__ or "").split("\n\n", 1)[0]
    source = str(Engine.get_default().get_template(path).source)
    return Shown(name, " ".join(said.split()), source.strip(), render_to_string(path, examples, request))
