"""What narrows the pages of the register."""

from __future__ import annotations

from typing import Any, Final

from django import forms

from lippen.site.accounts import own_account
from lippen.site.accounts.acting import Acting
from lippen.site.accounts.permissions import permissions
from lippen.site.accounts.selectors import organisations
from lippen.site.form.fields import DayField, offer
from lippen.site.register import selectors
from lippen.site.register.selectors import Question

ACTS: Final = [("", "Anything"), *selectors.acts()]


class Narrow(forms.Form):
    """What narrows the register: a name, an act, an organisation, days, a reader who was followed."""

    name = forms.CharField(
        label="Who did it", max_length=120, required=False, help_text="A part of the name."
    )
    act = forms.ChoiceField(label="What was done", choices=ACTS, required=False)
    organisation = forms.ChoiceField(label="Organisation", required=False)
    data_class = forms.ChoiceField(label="With what", required=False)
    since = DayField(label="First day", required=False)
    until = DayField(label="Last day", required=False)
    but_own = forms.BooleanField(
        label="Leave out lines about keeping one's own account, such as looking at the page You",
        required=False,
    )
    reader = forms.CharField(
        label="",
        widget=forms.HiddenInput,
        max_length=64,
        required=False,
        help_text="Lines of one reader alone",
    )

    def __init__(self, acting: Acting, scope: str, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        classes = [(one.name, one.title) for one in permissions().data.values() if one.built]
        offer(self, "data_class", [("", "Anything"), *classes])
        if scope == "all" and acting.may("list", "organisation"):
            known = [*organisations(acting), *organisations(acting, closed=True)]
            choices = [(one.ref, one.name) for one in known]
            offer(self, "organisation", [("", "Every organisation"), *choices])
        else:
            del self.fields["organisation"]
        if scope not in ("organisation", "all"):
            del self.fields["name"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "The last day is before the first.")
        return cleaned

    @property
    def to_mend(self) -> bool:
        """Whether something has to be put right before anything can be asked."""
        return self.is_bound and not self.is_valid()

    def name_reader(self, name: str) -> None:
        """Say on paper too whose lines these are."""
        self["reader"].help_text = f"Lines of one reader alone: {name}"

    def question(self) -> Question:
        """What was asked; everything where nothing was."""
        asked = self.cleaned_data if self.is_valid() else {}
        return Question(
            reader=asked.get("reader", ""),
            name=asked.get("name", ""),
            act=asked.get("act", ""),
            but_purpose=own_account.PURPOSE if asked.get("but_own") else "",
            organisation=asked.get("organisation", ""),
            data_class=asked.get("data_class", ""),
            since=asked.get("since"),
            until=asked.get("until"),
        )


NARROWING: Final = frozenset(
    f"{name}{box}"
    for name, field in Narrow.base_fields.items()
    for box in getattr(field.widget, "widgets_names", ("",))
)
"""What narrows the register, as an address says it: a day by its three boxes."""
