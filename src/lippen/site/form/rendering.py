"""How a form of Django is drawn: `{{ form }}` gives our own components, with labels, hints and errors tied to
their fields.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.forms.renderers import DjangoTemplates
from django.forms.utils import flatatt
from django.forms.widgets import Select
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_ROW: Final = '<option value="{}"{}>{}</option>'


class FormRenderer(DjangoTemplates):
    """Django's own widgets inside our own fields.

    A list to choose from is put together without Django's templates, of which it takes two for each line: a
    page that offers all kinds and areas of a nation spent most of its time there.
    """

    form_template_name = "form/fields/form.html"
    field_template_name = "form/fields/field.html"

    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> SafeString:
        """The HTML of a form, a field or a widget."""
        if template_name == Select.template_name:
            return _select(context["widget"])
        return SafeString(super().render(template_name, context, request))


def _select(widget: Mapping[str, Any]) -> SafeString:
    """The same as Django's `django/forms/widgets/select.html`."""
    groups = ((name, _options(options)) for name, options, _ in widget["optgroups"])
    drawn = (
        format_html('<optgroup label="{}">{}</optgroup>', name, options) if name else options
        for name, options in groups
    )
    return format_html(
        '<select name="{}"{}>{}</select>',
        widget["name"],
        flatatt(widget["attrs"]),
        format_html_join("", "{}", ((one,) for one in drawn)),
    )


def _options(options: Sequence[Mapping[str, Any]]) -> SafeString:
    told = ((str(one["value"]), flatatt(one["attrs"]), str(one["label"])) for one in options)
    return format_html_join("", _ROW, told)
