"""How a form of Django is drawn: `{{ form }}` gives our own components, with labels, hints and errors tied to
their fields.

Boxes and lists to choose from are put together here, and are what Django's templates of them give, which take
two or three templates for each box and each line of a list: a third of the time of a page that offers what
its figures can be limited to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.forms.renderers import DjangoTemplates
from django.forms.widgets import Select
from django.http import HttpRequest
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe

_BOXES: Final = frozenset(
    f"django/forms/widgets/{kind}.html"
    for kind in ("checkbox", "date", "email", "hidden", "number", "password", "text", "url")
)


class FormRenderer(DjangoTemplates):
    """Django's own widgets inside our own fields."""

    form_template_name = "form/fields/form.html"
    field_template_name = "form/fields/field.html"

    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> SafeString:
        """The HTML of a form, a field or a widget."""
        if template_name == Select.template_name:
            return _list(context["widget"])
        if template_name in _BOXES:
            return box(context["widget"])
        return SafeString(super().render(template_name, context, request))


def box(widget: Mapping[str, Any]) -> SafeString:
    """One box to write in or to tick: `widget` is the context that a widget of Django's gives of itself."""
    value = "" if widget["value"] is None else f' value="{escape(str(widget["value"]))}"'
    return mark_safe(  # noqa: S308 - each part is escaped
        f'<input type="{escape(widget["type"])}" name="{escape(widget["name"])}"{value}'
        f"{_attributes(widget['attrs'])}>"
    )


def _list(widget: Mapping[str, Any]) -> SafeString:
    """A list to choose from, with its groups."""
    drawn = "".join(
        f'<optgroup label="{escape(name)}">{_lines(lines)}</optgroup>' if name else _lines(lines)
        for name, lines, _ in widget["optgroups"]
    )
    return mark_safe(  # noqa: S308 - each part is escaped
        f'<select name="{escape(widget["name"])}"{_attributes(widget["attrs"])}>{drawn}</select>'
    )


def _lines(lines: Sequence[Mapping[str, Any]]) -> str:
    return "".join(
        f'<option value="{escape(str(one["value"]))}"{_attributes(one["attrs"])}>'
        f"{conditional_escape(one['label'])}</option>"
        for one in lines
    )


def _attributes(attrs: Mapping[str, Any]) -> str:
    return "".join(
        f" {escape(name)}" if value is True else f' {escape(name)}="{escape(str(value))}"'
        for name, value in attrs.items()
        if value is not False
    )
