"""Forms of the room Trade: what somebody says of a word, and what narrows prices and areas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from lippen.brief.plain_text import plain
from lippen.site.form.fields import offer
from lippen.site.form.limits import Limits
from lippen.site.trade.areas_selectors import LAST, SPANS
from lippen.site.trade.models import Answer
from lippen.trade.vocabulary import substances

ANSWERS = [
    (str(Answer.NEW_TERM), "A new term of the trade"),
    (str(Answer.KNOWN), "A term of the trade that we knew"),
    (str(Answer.NOT_THIS), "No term of the trade"),
]


def _named(names: Sequence[str]) -> list[tuple[str, str]]:
    """Names out of the data as choices: each by itself, and harmless to read."""
    return [(one, plain(one)) for one in names]


class SayWhatItIs(forms.Form):
    """What somebody says of a word."""

    answer = forms.ChoiceField(
        label="What is this word?",
        choices=ANSWERS,
        widget=forms.RadioSelect,
        help_text="If you are in doubt, leave it: nobody has to answer.",
        error_messages={"required": "Choose one, or go back to the list."},
    )
    substance = forms.ChoiceField(
        label="What does it mean?",
        required=False,
        help_text="Only for a new term, and only if you know it.",
    )

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        known = sorted(one.name for one in substances())
        offer(self, "substance", [("", "I do not know"), *((one, one) for one in known)])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("substance") and cleaned.get("answer", Answer.NEW_TERM) != Answer.NEW_TERM:
            self.add_error("substance", "Only a new term is given a substance. Choose “I do not know”.")
        return cleaned


class TakeBack(forms.Form):
    """That somebody takes back what they said. There is nothing to fill in."""


class NarrowPrices(Limits):
    """A substance."""

    substance = forms.ChoiceField(label="Substance", required=False)

    def __init__(self, priced: Sequence[str], **named: Any) -> None:
        super().__init__(**named)
        offer(self, "substance", [("", "Every substance"), *_named(priced)])

    def asked(self) -> str | None:
        """The substance, "" for all; None while something has to be put right."""
        if not self.is_bound:
            return ""
        return str(self.cleaned_data["substance"]) if self.is_valid() else None


class NarrowAreas(Limits):
    """A substance, and how many weeks."""

    substance = forms.ChoiceField(label="Substance", required=False)
    weeks = forms.ChoiceField(
        label="Weeks", required=False, choices=[(str(many), title) for many, title in SPANS.items()]
    )

    def __init__(self, seen: Sequence[str], **named: Any) -> None:
        super().__init__(**named)
        first = [("", f"The most seen: {plain(seen[0])}")] if seen else [("", "None")]
        offer(self, "substance", [*first, *_named(sorted(seen))])
        self.initial.setdefault("weeks", str(LAST))

    def asked(self) -> tuple[str, int] | None:
        """The substance ("" for the one most seen) and how many weeks; None while something has to be put
        right.
        """
        if not self.is_bound:
            return "", LAST
        if not self.is_valid():
            return None
        return str(self.cleaned_data["substance"]), int(self.cleaned_data["weeks"] or LAST)
