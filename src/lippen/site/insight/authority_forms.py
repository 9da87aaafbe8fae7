"""What people fill in about the right by which their organisation holds a collection."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final

from django import forms

from lippen.signals.authority import LAST_DAY
from lippen.site.form.fields import DayField
from lippen.site.insight.column_choices import AUTHORITY

_MISSING: Final = {
    "who": "Say which organisation lawfully holds it.",
    "basis": "Say what law or decision allows it to.",
    "purpose": "Say what it is used for.",
    "expires": "Give the day on which it goes.",
}


class HeldByRight(forms.Form):
    """Who lawfully holds a collection, by what right, for what, and until when: the authority of its mapping
    (`lippen.signals.authority`). A day that has come is refused, since nothing may be read by it, and so is
    one after LAST_DAY, as in a mapping file.
    """

    who = forms.CharField(
        label="Which organisation lawfully holds it?",
        max_length=200,
        help_text="As its own papers name it.",
    )
    basis = forms.CharField(
        label="By what right?",
        max_length=500,
        help_text="The law or the decision, and where it is written down. Ask your data-protection officer.",
    )
    purpose = forms.CharField(
        label="What is it used for?",
        max_length=500,
        help_text="Such as “to warn services and parents of what is sold”.",
    )
    expires = DayField(
        label="On what day does it go?",
        help_text="It is held until the day before. On this day all of it is deleted, with all that was"
        " worked out from it. Renew it before, and bring the same file in again with the new day.",
    )

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        for name in AUTHORITY:
            self.fields[name].error_messages["required"] = _MISSING[name]

    def clean_expires(self) -> date:
        """The day, which must lie ahead by the clock that the library deletes by (UTC), and not for good."""
        expires: date = self.cleaned_data["expires"]
        if expires <= datetime.now(UTC).date():
            raise forms.ValidationError(
                "This day has come, so nothing may be brought in by it. Whoever answers for the collection"
                " renews it first; then give the new day.",
                code="expired",
            )
        if expires > LAST_DAY:
            raise forms.ValidationError(
                f"This day is after {LAST_DAY.day} {LAST_DAY:%B %Y}, as if it were held for good. Give the"
                " day on which whoever answers for it decides anew.",
                code="for_good",
            )
        return expires
