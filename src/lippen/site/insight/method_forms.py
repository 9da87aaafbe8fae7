"""The form of the room Method: why assessment is to stop."""

from __future__ import annotations

from django import forms

from lippen.site.insight.episodes_forms import NAME_NOBODY, NamesNobody
from lippen.site.insight.method import LONGEST_REASON


class Stop(NamesNobody):
    """Why somebody pauses assessment."""

    text_field = "why"
    why = forms.CharField(
        label="What is wrong?",
        max_length=LONGEST_REASON,
        widget=forms.Textarea({"rows": 4}),
        help_text=f"{NAME_NOBODY} Everybody who may judge episodes reads it, with whatever partner they are.",
    )
