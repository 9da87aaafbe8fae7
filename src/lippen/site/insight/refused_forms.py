"""What people fill in about a refused row: its cells, put right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms

from lippen.site.insight.naming import seems_to_name


@dataclass(frozen=True)
class Heading:
    """What a column of an export is among those of an incident: its title, whether a row is refused without
    it, whether it is read as text, and how it is written, by an example ("" where in any way).
    """

    title: str
    must: bool
    text: bool
    written: str = ""


_BETWEEN_COLUMNS: Final = re.compile(r" \+ |, ")
"""What stands between the names of several columns that are refused together."""


class RowPutRight(forms.Form):
    """The cells of one refused row, a field for each; `wrong` is the name of the column that was refused, or
    of several.

    `headings` says what each column of the export is. The texts of refused rows are in no sample that anybody
    read, changed here or not, so where one seems to name somebody it is taken only once they tick that it
    does not.
    """

    sure = forms.BooleanField(
        label="It names nobody: bring it in as it is", required=False, widget=forms.HiddenInput
    )

    def __init__(
        self,
        cells: Mapping[str, str],
        wrong: str,
        given: Any = None,
        *,
        headings: Mapping[str, Heading],
        **named: Any,
    ) -> None:
        super().__init__(given, **named)
        self._headings = list(cells)
        self._texts = {name for name, heading in headings.items() if heading.text}
        refused = {wrong, *_BETWEEN_COLUMNS.split(wrong)}
        for at, (name, value) in enumerate(cells.items()):
            long = len(value) > 80
            heading = headings.get(name)
            self.fields[f"cell-{at}"] = forms.CharField(
                label=f"{heading.title} (in the file: {name})" if heading else name,
                initial=value,
                required=heading is not None and heading.must,
                error_messages={"required": "Without it the row would be refused again."},
                max_length=20_000,
                strip=False,
                widget=forms.Textarea if long else forms.TextInput,
                help_text=" ".join(
                    [
                        *(["This is what was refused."] if name in refused else []),
                        *([f"It is written like {heading.written}."] if heading and heading.written else []),
                    ]
                ),
            )
        self.order_fields([name for name in self.fields if name != "sure"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cells = {heading: f"cell-{at}" for at, heading in enumerate(self._headings)}
        changed = any(
            cleaned.get(name, "").split() != self.fields[name].initial.split() for name in cells.values()
        )
        if not changed and not self.errors:
            self.add_error(None, "You changed nothing in this row, so it would be refused again.")
        for heading in self._texts & cells.keys():
            name = cells[heading]
            found = seems_to_name(cleaned.get(name, ""))
            if found and not cleaned.get("sure"):
                self.fields["sure"].widget = forms.CheckboxInput()
                what = " and ".join(found)
                self.add_error(
                    name, f"This looks as if it held {what}. Take it out, or tick that it names nobody."
                )
        return cleaned

    def cells(self) -> dict[str, str]:
        """The cells as they were put right."""
        return {heading: self.cleaned_data[f"cell-{at}"] for at, heading in enumerate(self._headings)}
