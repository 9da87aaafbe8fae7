"""Forms of the pages of people, partners, programs and declarations. What may be sent is listed field by
field.
"""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils import timezone

from lippen.site.form.fields import DayField, offer

NONE: Final = ("", "Choose one")


class FindPeople(forms.Form):
    """What narrows the list of people."""

    search = forms.CharField(
        label="Name or e-mail address",
        max_length=100,
        required=False,
        help_text="Capitals and accents make no difference.",
    )
    gone = forms.BooleanField(label="Show those who hold no role any more", required=False)


class GiveRole(forms.Form):
    """A role and its days."""

    role = forms.ChoiceField(label="Role")
    since = DayField(label="First day", help_text="Today or later.")
    last_day = DayField(
        label="Last day",
        required=False,
        help_text="The role is held until the end of this day. Leave it empty if the end is not known.",
    )

    def __init__(self, roles: list[tuple[str, str]], *given: Any, **named: Any) -> None:
        named.setdefault("initial", {"since": timezone.localdate()})
        super().__init__(*given, **named)
        offer(self, "role", [NONE, *roles])


class AddOrganisation(forms.Form):
    """A partner."""

    name = forms.CharField(label="Name", max_length=120)
    kind = forms.ChoiceField(label="Kind")
    regime = forms.ChoiceField(
        label="Law it works under",
        help_text="Police: law enforcement. Trading standards: either. All others: UK GDPR.",
    )

    def __init__(
        self, kinds: list[tuple[str, str]], regimes: list[tuple[str, str]], *given: Any, **named: Any
    ) -> None:
        super().__init__(*given, **named)
        offer(self, "kind", [NONE, *kinds])
        offer(self, "regime", [NONE, *regimes])


class MakeKey(forms.Form):
    """What a program may ask, and until when."""

    use = forms.ChoiceField(label="What the program does")
    days = forms.IntegerField(
        label="Days until the key runs out", min_value=1, max_value=365, initial=90, help_text="1 to 365."
    )

    def __init__(self, uses: list[tuple[str, str]], *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        offer(self, "use", [NONE, *uses])


class Declare(forms.Form):
    """Somebody about whom one opens no record."""

    relation = forms.ChoiceField(
        label="Who they are to you",
        choices=[
            NONE,
            ("family", "Family"),
            ("known", "Somebody I know"),
            ("self", "Myself, under another name"),
        ],
    )
    first = forms.CharField(label="First name", max_length=60, required=False)
    last = forms.CharField(
        label="Last name",
        max_length=60,
        required=False,
        help_text="With one name alone, every record in which that name stands is closed to you.",
    )
    label = forms.CharField(
        label="Your own word for them",
        max_length=60,
        help_text="So that you know later whom you meant. Only you see it, and it is kept encrypted. Still, "
        "write no name: for instance, my neighbour.",
    )
