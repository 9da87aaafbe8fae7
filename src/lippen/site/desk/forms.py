"""The forms of the desk. Those of a log, an answer and a passphrase are filled in and read in the browser
alone: their fields have a place on the page and are never sent as they stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django import forms

from lippen.site.accounts.colleagues import Colleague
from lippen.site.desk.answering import OWN_ALONE, templates
from lippen.site.desk.at_once import TAKEN_BACK_FOR
from lippen.site.desk.deciding import GROUNDS
from lippen.site.desk.log_content import (
    GAINS,
    HANDLING,
    INFORMATION,
    KINDS,
    LONGEST_CONDITIONS,
    LONGEST_TEXT,
    SOONER,
    SOURCES,
    last_day,
)
from lippen.site.desk.models import Matter
from lippen.site.desk.own_desk import GoingTo
from lippen.site.desk.sighting_content import CHANNELS, LONGEST
from lippen.site.form.fields import offer

_WEEKS = 10
_PLAIN = forms.TextInput({"spellcheck": "false", "autocomplete": "off"})


class Passphrase(forms.Form):
    """Opens a worker's key in this tab."""

    passphrase = forms.CharField(
        label="Your passphrase",
        widget=forms.PasswordInput({"autocomplete": "off", "spellcheck": "false"}),
        help_text="It stays in this tab, as your key does.",
    )


class Beside(forms.Form):
    """A colleague's passphrase, for a report that two are to open."""

    colleague = forms.ChoiceField(label="Who sits beside you?")
    beside = forms.CharField(
        label="Your colleague's passphrase",
        widget=forms.PasswordInput({"autocomplete": "off", "spellcheck": "false"}),
        help_text="They type it themselves, or use their passkey instead.",
    )

    def __init__(self, colleagues: Sequence[Colleague]) -> None:
        super().__init__()
        offer(self, "colleague", [("", "Choose"), *((one.ref, one.name) for one in colleagues)])


class NewKey(forms.Form):
    """What is to open a key that is about to be made."""

    way = forms.ChoiceField(
        label="What opens it",
        choices=[
            ("passphrase", "A passphrase"),
            ("both", "A passkey, and a passphrase for the day that the device is lost"),
            ("passkey", "A passkey alone"),
        ],
        initial="passphrase",
        widget=forms.RadioSelect,
    )
    passphrase = forms.CharField(
        label="A passphrase",
        widget=forms.PasswordInput({"autocomplete": "off", "spellcheck": "false"}),
        help_text="The five words above, or at least 14 characters of your own that you use nowhere else.",
    )
    again = forms.CharField(
        label="The same once more",
        widget=forms.PasswordInput({"autocomplete": "off", "spellcheck": "false"}),
    )


class WriteLog(forms.Form):
    """A log, part by part."""

    kind = forms.ChoiceField(label="What is it about?", choices=[("", "Choose"), *KINDS.items()])
    area = forms.ChoiceField(label="Where, as a larger area", help_text="Nothing smaller leaves the desk.")
    week = forms.ChoiceField(label="When", help_text="The week, never the day.")
    weeks = forms.ChoiceField(
        label="How closely",
        choices=[("1", "That week alone"), ("4", "Four weeks, beginning with that one")],
    )
    text = forms.CharField(
        label="What matters, in your own words",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
        help_text="Nobody's name, no house, no hour, nothing that only a few could know.",
    )
    source = forms.ChoiceField(label="Source", choices=SOURCES.items(), initial="2", widget=forms.RadioSelect)
    source_reason = forms.CharField(
        label="Why you know it to be reliable",
        required=False,
        max_length=300,
        widget=forms.TextInput({"spellcheck": "false", "autocomplete": "off"}),
        help_text="Only for source 1. It stays at the desk.",
    )
    information = forms.ChoiceField(
        label="Information", choices=INFORMATION.items(), initial="D", widget=forms.RadioSelect
    )
    handling = forms.ChoiceField(
        label="Handling", choices=HANDLING.items(), initial="P", widget=forms.RadioSelect
    )
    conditions = forms.CharField(
        label="Conditions",
        required=False,
        max_length=LONGEST_CONDITIONS,
        widget=forms.Textarea({"rows": 3, "spellcheck": "false", "autocomplete": "off"}),
        help_text="The resident's own stand here already, where there are any.",
    )
    partners = forms.MultipleChoiceField(label="Who may see it", widget=forms.CheckboxSelectMultiple)
    not_before = forms.DateField(
        label="Nothing leaves before",
        required=False,
        widget=forms.DateInput({"type": "date"}),
        help_text="The day is kept, whatever else waits.",
    )
    gain = forms.ChoiceField(
        label="Who might gain if this is believed?",
        choices=[("", "Choose"), *GAINS.items()],
        help_text="A rival group, a neighbour, a former partner. Your answer stays at the desk.",
    )
    at_once = forms.BooleanField(
        label="A life is at risk, and this cannot wait for a second person",
        required=False,
        help_text=(
            "Call 999 first. What only a second person may let stand you mend first. It goes at once, "
            "is entered, and a colleague looks it over and can take it back."
        ),
    )

    sooner = forms.ChoiceField(
        label="Why it does not wait for the day above",
        required=False,
        choices=[("", "It waits, or no day is named"), *SOONER.items()],
        help_text="Only where a life is at risk before that day. It stands on the log for your colleagues.",
    )

    def __init__(self, areas: list[str], goes_to: GoingTo, monday: date) -> None:
        """`areas` end with the whole town, under the name that a log of it bears."""
        super().__init__(auto_id="log_%s")
        *smaller, whole = areas
        named = [*((one, one) for one in smaller), (whole, f"The whole town. The log says: {whole}")]
        offer(self, "area", [("", "Choose"), *named])
        self.fields["partners"].help_text = _why_no_others(goes_to)
        offer(self, "week", _weeks(monday))
        offer(self, "partners", [(one.ref, one.name) for one in goes_to.open_to])


class WriteSighting(forms.Form):
    """A sighting, part by part."""

    product = forms.CharField(label="What was offered", max_length=LONGEST["product"], widget=_PLAIN)
    channel = forms.ChoiceField(label="Through what", choices=[("", "Choose"), *CHANNELS.items()])
    words = forms.CharField(
        label="The words or emoji it was offered in",
        required=False,
        max_length=LONGEST["words"],
        widget=_PLAIN,
        help_text="Without the name of an account, a number or a link.",
    )
    price = forms.CharField(
        label="Price in pounds",
        required=False,
        max_length=9,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
    )
    quantity = forms.CharField(
        label="How much for that price", required=False, max_length=LONGEST["quantity"], widget=_PLAIN
    )
    area = forms.ChoiceField(label="Where, as a larger area", help_text="Nothing smaller leaves the desk.")
    week = forms.ChoiceField(label="When", help_text="The week, never the day.")
    not_before = forms.DateField(
        label="Nothing leaves before",
        required=False,
        widget=forms.DateInput({"type": "date"}),
        help_text="The day is kept, whatever else waits.",
    )

    def __init__(self, areas: list[str], monday: date) -> None:
        """`areas` end with the whole town."""
        super().__init__(auto_id="sighting_%s")
        *smaller, whole = areas
        offer(self, "area", [("", "Choose"), *((one, one) for one in smaller), (whole, "The whole town")])
        offer(self, "week", [("", "Choose"), *_weeks(monday)])


def _weeks(monday: date) -> list[tuple[str, str]]:
    """The weeks that can be told: this one first."""
    return [(f"{one}", _days(one)) for one in (monday - timedelta(weeks=back) for back in range(_WEEKS))]


def _why_no_others(goes_to: GoingTo) -> str:
    if not goes_to.published:
        return "Nobody can be chosen: this site has no manifest that tells whom our page names to residents."
    unshown = ", ".join(one.name for one in goes_to.unshown)
    said = [
        f"Nobody there can read it yet: {', '.join(goes_to.unread)}." if goes_to.unread else "",
        f"Our page does not name them to residents, or did not when this was told: {unshown}."
        if unshown
        else "",
    ]
    return " ".join(one for one in said if one)


def _days(week: date) -> str:
    until = last_day(week, 1)
    return f"{week.day} {week:%B} to {until.day} {until:%B %Y}"


class WriteAnswer(forms.Form):
    """Word back to a resident."""

    template = forms.ChoiceField(label="What you answer")
    true = forms.BooleanField(label="This is true of this report")
    own_words = forms.CharField(
        label="Words of your own",
        required=False,
        max_length=1_500,
        widget=forms.Textarea({"rows": 4, "spellcheck": "false", "autocomplete": "off"}),
        help_text=(
            "Somebody else may have found the words of the receipt. Say nothing that shows what was written, "
            "and ask nobody to find out more. A colleague has to see your own words, and sends them."
        ),
    )

    def __init__(self) -> None:
        super().__init__(auto_id="answer_%s")
        ready = [(one.ident, one.title) for one in templates()]
        offer(self, "template", [("", "Choose"), *ready, (OWN_ALONE, "My own words alone")])


class AskForTwo(forms.Form):
    """On what ground two are to decide."""

    ground = forms.ChoiceField(label="On what ground")

    def __init__(self, matter: str) -> None:
        super().__init__(auto_id=f"{matter}_%s")
        offer(self, "ground", [("", "Choose"), *GROUNDS[Matter(matter)].items()])


class TakeBack(forms.Form):
    """Why a log that was released at once should not have gone."""

    ground = forms.ChoiceField(
        label="Why it should not have gone", choices=[("", "Choose"), *TAKEN_BACK_FOR.items()]
    )
