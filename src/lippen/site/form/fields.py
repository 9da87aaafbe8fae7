"""Fields beyond Django's own: a day as people write it, with errors that say what is wrong with it, and what
may be chosen in a form that learns that only when it is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import BaseRenderer
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from lippen.site.form.rendering import box

_YEARS: Final = range(1900, 2201)
_FIGURES: Final = 3  # a 0 too many before a day or a month is no fault
_NO_SUCH_DAY: Final = "There is no such day in the calendar. Check the day and the month."


def offer(form: forms.Form, name: str, choices: Sequence[tuple[str, str]]) -> None:
    """Let the field `name` of this form take one of these: what is sent, and what is read. Raises TypeError
    where nothing is chosen.
    """
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"nothing is chosen in {name}")
    field.choices = choices


class DayBoxes(forms.MultiWidget):
    """Three boxes for a day: quicker and clearer than a calendar for a day that somebody knows by heart."""

    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        boxes: dict[str, forms.Widget | type[forms.Widget]] = {
            name: forms.TextInput({"inputmode": "numeric", "size": size, "maxlength": size})
            for name, size in (("day", 2), ("month", 2), ("year", 4))
        }
        super().__init__(boxes, attrs)

    def decompress(self, value: date | None) -> list[Any]:
        return [value.day, value.month, value.year] if value else [None, None, None]

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: BaseRenderer | None = None,  # noqa: ARG002 - Django gives it
    ) -> SafeString:
        boxes = self.get_context(name, value, attrs)["widget"]["subwidgets"]
        drawn = format_html_join(
            "",
            '<div><label for="{}">{}</label>{}</div>',
            (
                (one["attrs"].get("id", ""), word, box(one))
                for one, word in zip(boxes, ("Day", "Month", "Year"), strict=True)
            ),
        )
        return format_html('<div class="day">{}</div>', drawn)

    def id_for_label(self, id_: str) -> str:
        """The first box, to which the summary of errors leads."""
        return f"{id_}_0" if id_ else id_


class DayField(forms.DateField):
    """A day of the calendar from 1900 to 2200, as a `date`. Refuses any other, and says which part is wrong:
    nothing here happened or ends beyond these years, and reckoning with the last days of the calendar fails.
    """

    widget = DayBoxes

    def to_python(self, value: Any) -> date | None:
        if not isinstance(value, list):
            return super().to_python(value)
        written = [str(one or "").strip() for one in value]
        if not any(written):
            return None
        for text, name in zip(written, ("day", "month", "year"), strict=True):
            if not text:
                raise ValidationError(f"Fill in the {name} too.", code="incomplete")
            if not (text.isascii() and text.isdecimal()):
                raise ValidationError(f"Write the {name} in figures.", code="invalid")
        if len(written[2]) != 4:
            raise ValidationError("Write the year with four figures, such as 2026.", code="invalid")
        if max(map(len, written[:2])) > _FIGURES:
            raise ValidationError(_NO_SUCH_DAY, code="invalid")
        day, month, year = map(int, written)
        try:
            when = date(year, month, day)
        except ValueError as error:
            raise ValidationError(_NO_SUCH_DAY, code="invalid") from error
        if when.year not in _YEARS:
            raise ValidationError(
                f"Write a year from {_YEARS[0]} to {_YEARS[-1]}, such as 2026.", code="invalid"
            )
        return when
