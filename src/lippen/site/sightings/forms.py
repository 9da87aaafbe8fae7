"""The form by which somebody tells what they saw for sale."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.validators import MaxLengthValidator
from django.http import QueryDict

from lippen.site.accounts.models import new_reference
from lippen.site.form.fields import offer
from lippen.site.sightings.limits import MOST_ACCOUNTS, PRODUCT, QUANTITY, WORDS
from lippen.site.sightings.models import Channel
from lippen.site.sightings.names_asked import seems_to_name
from lippen.site.sightings.redacting import digests_in, joined, redacted
from lippen.site.sightings.selectors import areas, called
from lippen.site.sightings.told import Told, weeks_until

TEXTS: Final = {"product": PRODUCT, "words": WORDS, "quantity": QUANTITY}
"""The fields in which somebody writes, and the longest of each."""

_PRICE: Final = re.compile(r"£?\s*(\d{1,6}(?:[.,]\d{1,2})?)\s*(?:£|pounds?|quid)?", re.IGNORECASE)
_REFERENCE: Final = re.compile(r"[a-z0-9]{16}")
_BY_HAND: Final = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}


class Price(forms.CharField):
    """A price in pounds, as people write it. Gives a Decimal, or None where there is none."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        found = _PRICE.fullmatch(text)
        if found is None:
            raise forms.ValidationError(
                "Write a price in pounds and nothing else, such as 20 or 12.50, or leave it empty. What it "
                "is for, such as “each” or “for two”, goes under “For how much?”."
            )
        if (pounds := Decimal(found[1].replace(",", "."))) == 0:
            raise forms.ValidationError(
                "A price is more than 0. Was it for nothing? Leave this empty, and write “free” under “For "
                "how much?”."
            )
        return pounds


class Text(forms.CharField):
    """A text of at most so many signs. The box takes more, so that nothing is cut off unseen; whoever sends
    it then reads how many there are.
    """

    def __init__(self, most: int, **other: Any) -> None:
        super().__init__(validators=[MaxLengthValidator(most)], **other)


class Tell(forms.Form):
    """What was seen, in a minute. What is sent has its contacts taken out before the form holds it, so no
    page that comes back shows any; their digests go along in `accounts`. Where a text seems to name a person
    or to say where one lives, it is taken only once `neither` is ticked.
    """

    product = Text(
        PRODUCT,
        label="What was offered?",
        help_text="Such as: blue tablets in a bag, taken for diazepam",
        widget=forms.TextInput(_BY_HAND),
    )
    channel = forms.ChoiceField(label="Where was it offered?")
    words = Text(
        WORDS,
        label="The words and emoji they used",
        required=False,
        widget=forms.Textarea({"rows": 2, **_BY_HAND}),
    )
    price_gbp = Price(
        label="Price in £",
        required=False,
        max_length=20,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
    )
    quantity = Text(QUANTITY, label="For how much?", required=False, widget=forms.TextInput(_BY_HAND))
    larger_area = forms.ChoiceField(label="Which area?")
    week = forms.ChoiceField(label="Which week?")
    neither = forms.BooleanField(
        label="It is no name and no address", required=False, widget=forms.HiddenInput
    )
    another = forms.BooleanField(
        label="I saw this too: it is another", required=False, widget=forms.HiddenInput
    )
    accounts = forms.CharField(required=False, widget=forms.HiddenInput)
    once = forms.CharField(widget=forms.HiddenInput)
    shown = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, sent: QueryDict | None, today: date, shown: str) -> None:
        super().__init__(
            _without_contacts(sent) if sent is not None else None,
            auto_id="sighting_%s",
            initial={"once": new_reference(), "shown": shown},
        )
        if self.data.get("another"):
            self.ask_whether_another()  # a tick is seen wherever it goes along
        offer(self, "channel", [("", "Choose"), *Channel.choices])
        offer(self, "larger_area", [("", "Choose"), *((one, called(one)) for one in areas())])
        offer(self, "week", [(f"{one}", _in_words(one, today)) for one in weeks_until(today)])

    def clean_once(self) -> str:
        once: str = self.cleaned_data["once"]
        if not _REFERENCE.fullmatch(once):
            raise forms.ValidationError("Open the page anew.")
        return once

    def clean_accounts(self) -> frozenset[str]:
        found = digests_in(self.cleaned_data["accounts"])
        if len(found) > MOST_ACCOUNTS:
            self.without_accounts()
            raise forms.ValidationError(
                f"You named more than {MOST_ACCOUNTS} accounts, which is more than one sighting can have. "
                "They are taken out now. Read the rest, and send it without."
            )
        return found

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        found = {name: seems_to_name(given.get(name) or "") for name in TEXTS}
        if not any(found.values()):
            self._sent("neither", "")  # else it would let pass what is written into a form that comes back
            return given
        self.fields["neither"].widget = forms.CheckboxInput()
        for name, words in found.items():
            if words and not given.get("neither"):
                said = ", ".join(f"“{word}”" for word in words)
                self.add_error(
                    name,
                    f"{said}. Is this the name of a person or an address? Take it out. If it is neither,"
                    " tick so above the button.",
                )
        return given

    def told(self) -> Told:
        """What was told, of a form that is whole."""
        given = self.cleaned_data
        return Told(
            product=given["product"],
            channel=given["channel"],
            larger_area=given["larger_area"],
            week=date.fromisoformat(given["week"]),
            words=given["words"],
            price_gbp=given["price_gbp"],
            quantity=given["quantity"],
        )

    def accounts_named(self) -> frozenset[str]:
        """Digests of the accounts that stood in what was typed."""
        found: frozenset[str] = self.cleaned_data["accounts"]
        return found

    def without_accounts(self) -> Tell:
        """The form as it comes back when its accounts cannot go along: what was told, without them."""
        self._sent("accounts", "")
        return self

    def ask_whether_another(self) -> None:
        """Let the form have the tick by which somebody says that they saw the same once more."""
        self.fields["another"].widget = forms.CheckboxInput()

    def _sent(self, name: str, value: str) -> None:
        """Let the form come back as if this had been sent."""
        assert isinstance(self.data, QueryDict)  # noqa: S101 - made so above
        self.data = self.data.copy()
        self.data[name] = value


def _without_contacts(sent: QueryDict) -> QueryDict:
    """What was sent, with the contacts of each text taken out and their digests beside those that came."""
    given = sent.copy()
    accounts = digests_in(given.get("accounts", ""))
    for name in (*TEXTS, "price_gbp"):
        found = redacted(given.get(name, ""))
        accounts |= found.accounts
        given[name] = found.text
    given["accounts"] = joined(accounts)
    return given


def _in_words(monday: date, today: date) -> str:
    sunday = monday + timedelta(days=6)
    days = f"{monday.day} {monday:%b} to {sunday.day} {sunday:%b}"
    ago = (today - monday).days // 7
    return f"{('This week', 'Last week')[ago]}, {days}" if ago < 2 else days
