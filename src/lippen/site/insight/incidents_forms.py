"""Forms that limit figures of incidents. What may be sent is listed field by field, and what is offered is
what the reader may see anyway: an answer to anything else says only that it is not offered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from lippen.site.form.fields import DayField, offer
from lippen.site.form.limits import Limits
from lippen.site.insight.counts_selectors import CountsAsked
from lippen.site.insight.incident_figures import Asked, kinds_known, larger_known, places_known
from lippen.site.insight.place_names import larger_area, small_areas

MOST_CHOICES: Final = 150
"""Of more areas than this, one writes the name: a list that long is no help."""

_LONGEST: Final = 200
_UNKNOWN: Final = "There is none of this name here. Write it as the table of areas does, or its code."


class NarrowIncidents(Limits):
    """A kind, a place and days."""

    kind = forms.ChoiceField(label="Kind", required=False)
    larger = forms.CharField(label="Larger area", max_length=_LONGEST, required=False)
    area = forms.CharField(label="Small area", max_length=_LONGEST, required=False)
    since = DayField(label="First day", required=False)
    until = DayField(label="Last day", required=False)

    def __init__(self, **named: Any) -> None:
        super().__init__(**named)
        offer(self, "kind", [("", "Every kind"), *((one, one) for one in kinds_known())])
        larger = larger_known()
        if not larger:
            del self.fields["larger"]
        elif len(larger) <= MOST_CHOICES:
            self._choose("larger", "Every larger area", [(one, larger_area(one)) for one in larger])
        known = places_known()
        if known and len(known) <= MOST_CHOICES:
            called = small_areas()
            small = sorted((called.get(one, one), one) for one in known)
            self._choose("area", "Every small area", [(one, name) for name, one in small])

    def _choose(self, name: str, every: str, choices: list[tuple[str, str]]) -> None:
        label = self.fields[name].label
        self.fields[name] = forms.ChoiceField(label=label, required=False, choices=[("", every), *choices])

    def clean_larger(self) -> str:
        return _larger_of(str(self.cleaned_data["larger"]), larger_known())

    def clean_area(self) -> str:
        asked = str(self.cleaned_data["area"])
        if not asked or asked in places_known():
            return asked
        called = small_areas()
        code = next((one for one in places_known() if called.get(one, one) == asked), None)
        if code is None:
            raise ValidationError(_UNKNOWN)
        return code

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        area, larger = cleaned.get("area"), cleaned.get("larger")
        if area and larger and places_known()[area].larger != larger:
            self.add_error("area", "This small area lies in another larger one.")
        return cleaned

    def asked(self) -> Asked | None:
        """What was asked: everything where nothing was; None while something has to be put right."""
        if not self.is_bound:
            return Asked()
        if not self.is_valid():
            return None
        told = self.cleaned_data
        return Asked(
            kind=told.get("kind", ""),
            larger=told.get("larger", ""),
            area=told.get("area", ""),
            since=told.get("since"),
            until=told.get("until"),
        )


class NarrowCounts(Limits):
    """A kind, a larger area and a quarter, each of those that are told."""

    kind = forms.ChoiceField(label="Kind", required=False)
    larger = forms.CharField(label="Larger area", max_length=_LONGEST, required=False)
    quarter = forms.ChoiceField(label="Quarter", required=False)

    def __init__(
        self,
        kinds: Sequence[str],
        larger: Sequence[str],
        quarters: Sequence[tuple[str, str]],
        **named: Any,
    ) -> None:
        super().__init__(**named)
        self._larger = larger
        offer(self, "kind", [("", "Every kind"), *((one, one) for one in kinds)])
        if len(larger) <= MOST_CHOICES:
            choices = [("", "Every larger area"), *((one, larger_area(one)) for one in larger)]
            self.fields["larger"] = forms.ChoiceField(label="Larger area", required=False, choices=choices)
        offer(self, "quarter", [("", "Every quarter"), *quarters])

    def clean_larger(self) -> str:
        return _larger_of(str(self.cleaned_data["larger"]), self._larger)

    def asked(self) -> CountsAsked | None:
        """What was asked: everything where nothing was; None while something has to be put right."""
        if not self.is_bound:
            return CountsAsked()
        return CountsAsked(**self.cleaned_data) if self.is_valid() else None


def _larger_of(asked: str, known: Sequence[str]) -> str:
    """The one of `known` that was asked for, by its code or by what pages call it; "" where none was."""
    if not asked or asked in known:
        return asked
    found = next((one for one in known if larger_area(one) == asked), None)
    if found is None:
        raise ValidationError(_UNKNOWN)
    return found
