"""The components, as tags that every template has. Each is shown in all its states on the page `/form/`.

A field of a form is drawn by `{% field %}`, a whole form by `{{ form }}` or `{% send_form %}`; what they look
like is in `templates/form/fields/`. Content is escaped here: a caller passes plain text.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any, Final

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, ChoiceField
from django.forms.boundfield import BoundField
from django.http import HttpRequest
from django.template import TemplateSyntaxError
from django.utils import timezone
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()

BUTTONS: Final = ("main", "quiet", "danger")
NOTICES: Final = ("notice", "good", "warning", "inset")
TAGS: Final = ("plain", "good", "alert", "quiet")


def _one_of(kind: str, known: tuple[str, ...], component: str) -> str:
    if kind not in known:
        raise TemplateSyntaxError(f"{component} has the kinds {', '.join(known)}, and not {kind!r}")
    return kind


@register.simple_tag
def button(text: str, kind: str = "main", name: str = "", value: str = "") -> SafeString:
    """A button that sends the form it stands in: main, quiet, or danger for what cannot be undone."""
    sent = format_html(' name="{}" value="{}"', name, value) if name else ""
    return format_html(
        '<button type="submit" class="button {}"{}>{}</button>',
        _one_of(kind, BUTTONS, "button"),
        sent,
        text,
    )


@register.simple_tag
def link_button(text: str, to: str, kind: str = "main") -> SafeString:
    """A link that begins something, and looks like a button. It never changes anything by itself."""
    return format_html(
        '<a class="button {}" href="{}">{}</a>', _one_of(kind, BUTTONS, "link_button"), to, text
    )


@register.inclusion_tag("form/parts/post_button.html", takes_context=True)
def post_button(
    context: template.Context, text: str, to: str, kind: str = "quiet", name: str = "", value: str = ""
) -> dict[str, Any]:
    """A form of one button: something that changes at once, such as signing out or ending a session.

    When several on a page do the same to different things, `text` has to say to which.
    """
    return {
        "csrf_token": context.get("csrf_token"),
        "text": text,
        "to": to,
        "kind": _one_of(kind, BUTTONS, "post_button"),
        "name": name,
        "value": value,
    }


@register.simple_tag
def field(bound: BoundField) -> SafeString:
    """One field of a form with its label, hint and errors."""
    return bound.as_field_group()


@register.inclusion_tag("form/parts/send_form.html", takes_context=True)
def send_form(
    context: template.Context, form: BaseForm, text: str, to: str = "", kind: str = "main", cancel: str = ""
) -> dict[str, Any]:
    """A whole form to send: summary of errors, fields, a button, and a way out."""
    return {
        "csrf_token": context.get("csrf_token"),
        "form": form,
        "text": text,
        "to": to,
        "kind": kind,
        "cancel": cancel,
    }


@register.inclusion_tag("form/parts/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """What has to be put right, each error a link to its field; what is wrong with the form as a whole leads
    to its first one. A whole form has it already.

    After a form was sent the browser goes to it: it may stand far down the page that comes back.
    """
    general = list(form.non_field_errors()) if form.is_bound else []
    shown = form.visible_fields()
    top = _first_box(shown[0]) if shown else ""
    lines = [{"to": top, "text": f"{str(one)[:1].upper()}{str(one)[1:]}"} for one in general]
    for bound in form:
        if bound.is_hidden:
            lines += [{"to": top, "text": str(one)} for one in bound.errors]
        else:
            lines += [{"to": _first_box(bound), "text": f"{_asked(bound)} {one}"} for one in bound.errors]
    return {"lines": lines, "sent": "csrfmiddlewaretoken" in form.data}


def _asked(bound: BoundField) -> str:
    """The label before what is wrong: a question has its sign already."""
    return str(bound.label) if str(bound.label).endswith("?") else f"{bound.label}:"


def _first_box(bound: BoundField) -> str:
    """The id of the first thing to fill in or choose."""
    return bound.id_for_label or f"{bound.auto_id}_0"


@register.inclusion_tag("form/parts/filters.html", takes_context=True)
def filters(context: template.Context, form: BaseForm, text: str = "Show") -> dict[str, Any]:
    """A form that narrows a list, sent by GET, with a link that takes every limit away. On paper a line
    stands in its place that says to what the list was narrowed, if to anything. Of a hidden field it says the
    help text: what such a field holds is for no reader.
    """
    request: HttpRequest = context["request"]
    told = {"form": form, "text": text, "path": request.path, "narrowed": form.is_bound}
    limits = _limits(form)
    return {
        **told,
        "only": [one for one in limits if not one.startswith(_LEAVE_OUT)],
        "left_out": [one.removeprefix(_LEAVE_OUT) for one in limits if one.startswith(_LEAVE_OUT)],
    }


_LEAVE_OUT: Final = "Leave out "
"""How the label of a box begins that takes lines away. On paper, which asks for nothing, it is "Left out"."""


def _limits(form: BaseForm) -> list[str]:
    """What the form asks for, a sentence each; nothing while something in it has to be put right."""
    if not form.is_bound or not form.is_valid():
        return []
    told = ((bound, form.cleaned_data.get(bound.name)) for bound in form)
    return [_limit(bound, value) for bound, value in told if value]


def _limit(bound: BoundField, value: Any) -> str:
    if bound.is_hidden or value is True:
        return str(bound.help_text if bound.is_hidden else bound.label)
    if isinstance(bound.field, ChoiceField):
        choices: Any = bound.field.choices  # of pairs, though Django takes groups and functions too
        words = dict(choices)
        chosen = value if isinstance(value, list) else [value]
        return f"{bound.label}: {', '.join(str(words[one]) for one in chosen)}"
    return f"{bound.label}: {_written(value) if isinstance(value, date) else f'“{value}”'}"


@register.simple_block_tag
def notice(content: str, kind: str = "notice", title: str = "") -> SafeString:
    """Something to know before reading on: a notice, good news, a warning before harm, or an inset aside."""
    _one_of(kind, NOTICES, "notice")
    head = format_html('<p class="notice-title">{}</p>', title) if title else ""
    word = SafeString('<span class="unseen">Warning: </span>') if kind == "warning" and not title else ""
    if kind == "warning" and title:
        head = format_html('<p class="notice-title"><span class="unseen">Warning: </span>{}</p>', title)
    return format_html('<div class="notice {}">{}{}{}</div>', kind, head, word, content)


@register.simple_block_tag
def table(content: str, caption: str, columns: str, empty: str = "There is nothing here.") -> SafeString:
    """A table with its caption and headings, which scrolls by itself where it is too wide. On a narrow screen
    its rows stand one below the other, and each cell says of which column it is.

    The content is its rows: `<tr><th scope="row">..</th><td>..</td></tr>`. `columns` are the headings, split
    by "|"; one that ends in "#" is a column of numbers, whose cells have the class "number"; one without a
    name is for buttons. Without a row, `empty` stands in its place.
    """
    if "<tr" not in content:
        return format_html('<p class="caption">{}</p><p class="empty">{}</p>', caption, empty)
    heads = format_html_join(
        "",
        '<th scope="col" role="columnheader"{}>{}</th>',
        (
            (
                SafeString(' class="number"') if one.endswith("#") else "",
                one.removesuffix("#").strip() or SafeString('<span class="unseen">What you can do</span>'),
            )
            for one in columns.split("|")
        ),
    )
    # Drawn as rows below each other, a table would be none for some screen readers: so its roles are said.
    return format_html(
        '<div class="scroll" role="group" aria-label="{0}" tabindex="0"><table role="table">'
        '<caption>{0}</caption><thead role="rowgroup"><tr role="row">{1}</tr></thead>'
        '<tbody role="rowgroup">{2}</tbody></table></div>',
        caption,
        heads,
        _with_columns(content, [one.removesuffix("#").strip() for one in columns.split("|")]),
    )


_CELLS: Final = re.compile(r"<(tr|th|td)(?=[\s>])")


def _with_columns(content: str, columns: list[str]) -> SafeString:
    """The rows with, in each cell, the name of its column and what it is to a screen reader."""
    named = [f' data-column="{escape(column)}"' for column in columns]
    place = 0

    def told(found: re.Match[str]) -> str:
        nonlocal place
        if found[1] == "tr":
            place = 0
            return '<tr role="row"'
        column = named[place] if place < len(named) else ' data-column=""'
        place += 1
        return f'<th role="rowheader"{column}' if found[1] == "th" else f'<td role="cell"{column}'

    return SafeString(_CELLS.sub(told, content))


@register.simple_block_tag
def summary(content: str) -> SafeString:
    """What is known of one thing, line by line."""
    return format_html('<dl class="summary">{}</dl>', content)


@register.simple_block_tag
def line(content: str, name: str, change: str = "") -> SafeString:
    """A line of a summary: its name, its content, and where it is changed, if anywhere."""
    link = (
        format_html(
            '<dd class="change"><a href="{}">Change<span class="unseen"> {}</span></a></dd>', change, name
        )
        if change
        else ""
    )
    return format_html("<div><dt>{}</dt><dd>{}</dd>{}</div>", name, content, link)


@register.simple_tag
def tag(text: str, kind: str = "plain") -> SafeString:
    """A word or two on the state of something. The text says it; the colour only repeats it."""
    return format_html('<strong class="tag {}">{}</strong>', _one_of(kind, TAGS, "tag"), text)


@register.inclusion_tag("form/parts/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Page[Any], of: str = "lines") -> dict[str, Any]:
    """Where one is in a long list, and the way to its other pages. What narrowed the list is kept."""
    request: HttpRequest = context["request"]

    def link(number: int) -> str:
        asked = request.GET.copy()
        asked["page"] = str(number)
        return f"{request.path}?{asked.urlencode()}"

    numbers = [
        {"number": one, "to": link(one) if isinstance(one, int) else "", "here": one == page.number}
        for one in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    ]
    return {
        "page": page,
        "of": of,
        "numbers": numbers,
        "before": link(page.previous_page_number()) if page.has_previous() else "",
        "after": link(page.next_page_number()) if page.has_next() else "",
    }


@register.simple_block_tag(name="help", end_name="endhelp")
def page_help(content: str, title: str = "Help with this page") -> SafeString:
    """Help that is there for whoever wants it: what a word means, what happens next, whom to ask."""
    return format_html("<details><summary>{}</summary><div>{}</div></details>", title, content)


@register.simple_block_tag
def fold(content: str, title: str) -> SafeString:
    """A long list that is folded away on a screen, and whole on paper. The title says what is in it."""
    return format_html('<details class="fold"><summary>{}</summary><div>{}</div></details>', title, content)


@register.simple_tag
def breadcrumbs(*ways: str) -> SafeString:
    """The way here: text and address by turns, and at last the text of this page."""
    if len(ways) % 2 == 0:
        raise TemplateSyntaxError(
            "breadcrumbs takes text and address by turns, and the text of this page last"
        )
    links = format_html_join("", '<li><a href="{1}">{0}</a></li>', zip(ways[:-1:2], ways[1::2], strict=True))
    return format_html(
        '<nav class="breadcrumbs" aria-label="The way here"><ol>{}<li aria-current="page">{}</li></ol></nav>',
        links,
        ways[-1],
    )


@register.simple_tag
def back(to: str, text: str = "Back") -> SafeString:
    """One step back, where there is only one way to have come."""
    return format_html('<nav class="back" aria-label="{1}"><a href="{0}">{1}</a></nav>', to, text)


@register.filter
def grouped(number: int | None) -> str:
    """A whole number as people read it: 1,250. Nothing for none."""
    return "" if number is None else f"{number:,}"


@register.simple_tag
def when(moment: datetime | date | None, never: str = "never") -> SafeString:
    """A day, or a moment to the minute by the partnership's own clock, written out, or a word where there is
    none.

    The name of the zone stands with it: in the hour that an autumn night has twice, it alone tells which.
    """
    if moment is None:
        return format_html("{}", never)
    if not isinstance(moment, datetime):
        return format_html('<time datetime="{}">{}</time>', moment.isoformat(), _written(moment))
    at = timezone.localtime(moment)
    zone = at.tzname() or ""
    return format_html(
        '<time datetime="{}">{}, {} {}</time>',
        f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        _written(at),
        f"{at:%H:%M}",
        f"UTC{zone}" if zone.startswith(("+", "-")) else zone,  # some zones have no letters of their own
    )


def _written(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
