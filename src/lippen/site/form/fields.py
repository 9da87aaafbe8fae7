"""A day as people write it: three boxes, and errors that say what is wrong with the day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError


class DayBoxes(forms.MultiWidget):
    """Three boxes for a day: quicker and clearer than a calendar for a day that somebody knows by heart."""

    template_name = "form/fields/day.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        boxes: dict[str, forms.Widget | type[forms.Widget]] = {
            name: forms.TextInput({"inputmode": "numeric", "size": size, "maxlength": size})
            for name, size in (("day", 2), ("month", 2), ("year", 4))
        }
        super().__init__(boxes, attrs)

    def decompress(self, value: date | None) -> list[Any]:
        return [value.day, value.month, value.year] if value else [None, None, None]

    def get_context(self, name: str, value: Any, attrs: Mapping[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, dict(attrs or {}))
        for box, word in zip(context["widget"]["subwidgets"], ("Day", "Month", "Year"), strict=True):
            box["label"] = word
        return context

    def id_for_label(self, id_: str) -> str:
        """The first box, to which the summary of errors leads."""
        return f"{id_}_0" if id_ else id_


class DayField(forms.DateField):
    """A day of the calendar, as a `date`. Refuses a day that does not exist, and says which part is wrong."""

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
        day, month, year = map(int, written)
        try:
            return date(year, month, day)
        except ValueError as error:
            raise ValidationError(
                "There is no such day in the calendar. Check the day and the month.", code="invalid"
            ) from error
