"""Forms that carry what a passkey answered. What they carry comes from the browser and may be anything."""

from __future__ import annotations

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from allauth.mfa.webauthn.internal import auth
from django import forms

_MALFORMED = (AttributeError, KeyError, TypeError, ValueError, IndexError)
"""What the library raises for an answer that no passkey gave."""


class NewPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A passkey that signs in alone: it is found by itself and checks whoever holds it."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        del self.fields["passwordless"]
        name = self.fields["name"]
        name.label = "What you call this device"
        name.max_length = 60
        name.widget.attrs["maxlength"] = 60

    def clean_credential(self) -> Any:
        credential = self.cleaned_data["credential"]
        try:
            auth.parse_registration_response(credential)
        except _MALFORMED:
            raise get_adapter().validation_error("incorrect_code") from None
        return credential


class PasskeyNameForm(EditWebAuthnForm):  # type: ignore[misc]
    name = forms.CharField(max_length=60, label="What you call this device")


class _Answer(forms.Form):
    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except _MALFORMED:
            raise get_adapter().validation_error("incorrect_code") from None


class PasskeyForm(_Answer, AuthenticateWebAuthnForm):  # type: ignore[misc]
    pass


class PasskeySignInForm(_Answer, LoginWebAuthnForm):  # type: ignore[misc]
    pass


class PasskeyAgainForm(_Answer, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    pass
