"""Forms of the room Episodes: what narrows the list, what somebody thinks of an episode, and a reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from lippen.site.form.fields import DayField
from lippen.site.form.limits import Limits
from lippen.site.insight.episodes import LONGEST_NOTE
from lippen.site.insight.episodes_selectors import ALL, DECIDED, NEWEST, OPEN, STRONGEST, Narrowed
from lippen.site.insight.models import Verdict
from lippen.site.insight.naming import seems_to_name

STATES = [(ALL, "All"), (OPEN, "I have not decided"), (DECIDED, "I have decided")]
ORDERS = [(STRONGEST, "Strongest first"), (NEWEST, "Newest first")]
ANSWERS = [(str(one), str(one.label).capitalize()) for one in Verdict if one != Verdict.REOPENED]
NAME_NOBODY = "Name nobody, and write no number of a telephone or a house. Your colleagues can read it."


class Narrow(Limits):
    """What narrows the list of episodes."""

    state = forms.ChoiceField(label="Which", choices=STATES, required=False)
    order = forms.ChoiceField(label="Order", choices=ORDERS, required=False)
    since = DayField(label="First day", required=False)
    until = DayField(label="Last day", required=False)

    def narrowed(self) -> Narrowed:
        """What was asked; everything while something has to be put right."""
        asked = self.cleaned_data if self.is_valid() else {}
        return Narrowed(
            asked.get("state") or ALL,
            asked.get("order") or STRONGEST,
            asked.get("since"),
            asked.get("until"),
        )


class NamesNobody(forms.Form):
    """A text that others read, `text_field`. Where it seems to name somebody, it is taken only once whoever
    wrote it has ticked that it does not. `known` are names that may stand in it.
    """

    text_field = "note"
    sure = forms.BooleanField(
        label="It names nobody: keep it as it is", required=False, widget=forms.HiddenInput
    )

    def __init__(self, *given: Any, known: Sequence[str] = (), **named: Any) -> None:
        super().__init__(*given, **named)
        self._known = known
        self.order_fields([name for name in self.fields if name != "sure"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        found = seems_to_name(cleaned.get(self.text_field) or "", self._known)
        if found and not cleaned.get("sure"):
            self.fields["sure"].widget = forms.CheckboxInput()
            what = " and ".join(found)
            self.add_error(
                self.text_field,
                f"This looks as if it held {what}. Take it out, or tick that it names nobody.",
            )
        return cleaned


class Decide(NamesNobody):
    """What somebody thinks of an episode."""

    verdict = forms.ChoiceField(
        label="How does it look to you?",
        choices=ANSWERS,
        widget=forms.RadioSelect,
        help_text="“Looks real”: somebody may have sent police out on purpose, by calls about nothing. "
        "“Looks innocent”: something else explains it, such as real trouble, an event, or somebody in need.",
        error_messages={"required": "Choose one. If you are in doubt, choose “Cannot tell”."},
    )
    note = forms.CharField(
        label="Why",
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text=f"{NAME_NOBODY} At most 2,000 characters.",
    )


class Reopen(NamesNobody):
    """Why somebody takes back what they said."""

    note = forms.CharField(
        label="What has come up?",
        max_length=LONGEST_NOTE,
        widget=forms.Textarea({"rows": 4}),
        help_text=f"{NAME_NOBODY} At most 2,000 characters.",
    )
