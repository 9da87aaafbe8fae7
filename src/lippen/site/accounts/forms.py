"""Forms of invitations, lost devices, leaving and one's own account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from lippen.site.accounts import names
from lippen.site.accounts.models import Person
from lippen.site.accounts.partners import PartnerRefused, can_add, name_checked
from lippen.site.accounts.permissions import permissions
from lippen.site.accounts.said import say_at_field
from lippen.site.accounts.sign_in_forms import PASSWORD_HINT

Choices = list[tuple[str, str]]


def _choice(label: str, choices: Choices, hint: str = "") -> forms.ChoiceField:
    """A list of which nothing is chosen beforehand, unless there is only one thing to choose."""
    first = [] if len(choices) == 1 else [("", "Choose one")]
    return forms.ChoiceField(
        label=label,
        choices=[*first, *choices],
        help_text=hint,
        error_messages={"required": "Choose one.", "invalid_choice": "Choose one of the list."},
    )


class InvitationForm(forms.Form):
    name = forms.CharField(label="Name", max_length=120, error_messages={"required": "Write their name."})
    email = forms.EmailField(
        label="E-mail address",
        help_text="Their work address. They sign in with it; nothing is sent to it now.",
        error_messages={"required": "Write their e-mail address."},
    )

    def __init__(self, *args: Any, organisations: Choices, roles: Choices, **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["role"] = _choice("Role", roles, "What they do here. It decides what they can see.")
        self.fields["organisation"] = _choice("Organisation", organisations)
        if len(organisations) == 1:
            self.fields["organisation"].widget = forms.HiddenInput()
            self.initial["organisation"] = organisations[0][0]


class _NewPassword(forms.Form):
    password = forms.CharField(
        label="Password",
        strip=False,
        help_text=PASSWORD_HINT,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        error_messages={"required": "Choose a password."},
    )
    again = forms.CharField(
        label="Password again",
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        error_messages={"required": "Write the password a second time."},
    )

    def clean(self) -> dict[str, Any]:
        written = super().clean() or {}
        password, again = written.get("password"), written.get("again")
        if password and again and password != again:
            self.add_error("again", "The two passwords are not the same.")
        elif password:
            try:
                validate_password(password, self.whose())
            except ValidationError as error:
                self.add_error("password", error)
        return written

    def whose(self) -> Person:
        """Somebody whose address the password may not be like."""
        return Person(name=self.cleaned_data.get("name", ""), email=self.cleaned_data.get("email", ""))


class EnteringForm(_NewPassword):
    name = forms.CharField(
        label="Your name",
        max_length=120,
        help_text="As your colleagues know you.",
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={"required": "Write your name."},
    )
    field_order = ("name", "password", "again")

    def __init__(self, *args: Any, email: str, **named: Any) -> None:
        super().__init__(*args, **named)
        self.address = email

    def whose(self) -> Person:
        return Person(name=self.cleaned_data.get("name", ""), email=self.address)


class OpeningForm(_NewPassword):
    """The site's first administrator, and the organisation that they work in."""

    organisation = forms.CharField(
        label="Your organisation",
        max_length=120,
        widget=forms.TextInput({"autocomplete": "organization"}),
        error_messages={"required": "Write the name of your organisation."},
    )
    name = forms.CharField(
        label="Your name",
        max_length=120,
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={"required": "Write your name."},
    )
    email = forms.EmailField(
        label="Your e-mail address",
        help_text="You sign in with it. Nothing is sent to it now.",
        widget=forms.EmailInput({"autocomplete": "email"}),
        error_messages={"required": "Write your e-mail address."},
    )
    field_order = ("organisation", "kind", "regime", "name", "email", "password", "again")

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        known = permissions()
        adding = [(kind, law) for kind in known.kinds for law in known.regimes if can_add(kind, law)]
        kinds = [(one.name, one.title) for one in known.kinds.values() if one.name in dict(adding)]
        self.fields["kind"] = _choice(
            "What kind of organisation",
            kinds,
            "The first partner adds the others, and the police add nobody, so they cannot be first.",
        )
        laws = {law: known.regimes[law] for _, law in adding}
        self.fields["regime"] = _choice("The law that it works under here", list(laws.items()))
        if len(laws) == 1:
            self.fields["regime"].widget = forms.HiddenInput()
            self.initial["regime"] = next(iter(laws))
        self.laws = " or ".join(laws.values())
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        """What is refused of the two names is said together with all else that has to be put right."""
        written = super().clean()
        try:
            if name := written.get("name"):
                names.checked(name)
        except names.NameRefused as why:
            say_at_field(self, why)
        try:
            if organisation := written.get("organisation"):
                name_checked(organisation)
        except PartnerRefused as why:
            say_at_field(self, why, name="organisation")
        return written


class LinkPasswordForm(forms.Form):
    password = forms.CharField(
        label="Your password",
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
        error_messages={"required": "Write your password."},
    )


class LinkNewPasswordForm(_NewPassword):
    pass


class FindColleague(forms.Form):
    """What narrows the colleagues of whom one has lost a device."""

    search = forms.CharField(
        label="Name",
        max_length=100,
        required=False,
        help_text="Capitals and accents make no difference.",
    )


class LostDeviceForm(forms.Form):
    password_too = forms.BooleanField(
        label="They have forgotten their password as well, and will choose a new one",
        required=False,
        help_text="Tick this only if it is so. See them or call them first, on a number that you know.",
    )
    field_order = ("person", "password_too")

    def __init__(self, *args: Any, colleagues: Choices | None = None, **named: Any) -> None:
        """Without `colleagues` to choose from, whose device it is stands in it unchecked."""
        super().__init__(*args, **named)
        whose = "Whose device is lost"
        self.fields["person"] = forms.CharField() if colleagues is None else _choice(whose, colleagues)
        self.order_fields(self.field_order)


class LeavingForm(forms.Form):
    def __init__(self, *args: Any, successors: Choices, **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["successor"] = _choice(
            "Who takes over",
            successors,
            "They get what still waits. If nobody else is administrator, they become it.",
        )
