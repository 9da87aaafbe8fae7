"""Forms of sign-in: e-mail and password, and codes from an app or from paper."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter as sign_in_adapter
from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm, SetPasswordForm
from allauth.core import context
from allauth.core.internal.cryptokit import compare_user_code, normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as AllauthCodeAgainForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from lippen.site.accounts import lock_out
from lippen.site.accounts.models import Person, UsedCode

_AUTOCOMPLETE = {"autocomplete": "one-time-code", "inputmode": "text", "size": "12"}


def _plain(form: forms.Form, **labels: str) -> None:
    """Labels above the boxes, and no grey words inside them, which go when one writes."""
    for name, field in form.fields.items():
        field.widget.attrs.pop("placeholder", None)
        field.label = labels.get(name, field.label)


class SignInForm(LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        _plain(self, login="E-mail address", password="Password")  # noqa: S106 - a label
        self.fields["password"].help_text = ""


class PasswordAgainForm(ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        _plain(self, password="Your password")  # noqa: S106 - a label


class NewPasswordForm(ChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        _plain(
            self,
            oldpassword="The password you have",
            password1="New password",
            password2="New password again",
        )
        self.fields["password1"].help_text = PASSWORD_HINT

    def clean_oldpassword(self) -> str:
        """Counted like every other try at a password."""
        adapter = sign_in_adapter()
        written: str = self.cleaned_data["oldpassword"]
        if not adapter.reauthenticate(self.user, written):
            raise adapter.validation_error("incorrect_password")
        return written


class FirstPasswordForm(SetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        _plain(self, password1="New password", password2="New password again")
        self.fields["password1"].help_text = PASSWORD_HINT


PASSWORD_HINT = "At least 12 characters. Four words that do not belong together are easy to keep in mind."  # noqa: S105


def _use_step(person: Person, secret: str, code: str) -> bool:
    """Whether this is the code of a step of time near now, which this person has not used yet.

    What is used is written to the database and not to a process's memory: a code that somebody looked at over
    a shoulder opens nothing a second time, whichever worker answers.
    """
    for step in yield_hotp_counters_from_time():
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, step))):
            try:
                with transaction.atomic():
                    UsedCode.objects.create(person=person, step=step)
            except IntegrityError:
                return False
            UsedCode.objects.filter(person=person, step__lt=step - 10).delete()
            return True
    return False


class _Code(forms.Form):
    """A code of an app or from the paper, counted by `lock_out`."""

    user: Person

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        field = self.fields["code"]
        field.label = "Code"
        field.widget.attrs = dict(_AUTOCOMPLETE)

    def _counted(self) -> lock_out.Attempt:
        try:
            return lock_out.begin(context.request, lock_out.CODE, self.user.email)
        except lock_out.LockedOut:
            raise sign_in_adapter().validation_error("too_many_login_attempts") from None

    def clean_code(self) -> str:
        code: str = normalize_user_code(self.cleaned_data["code"])
        attempt = self._counted()
        for one in Authenticator.objects.filter(user=self.user).exclude(type=Authenticator.Type.WEBAUTHN):
            if one.type == Authenticator.Type.TOTP:
                right = _use_step(self.user, decrypt(one.data["secret"]), code)
            else:
                right = one.wrap().validate_code(code)
            if right:
                self.authenticator = one
                attempt.succeeded()
                return code
        of_paper = len(code) == app_settings.RECOVERY_CODE_DIGITS and code.isdecimal()
        raise get_adapter().validation_error("incorrect_spare_code" if of_paper else "incorrect_code")


class CodeForm(_Code, AuthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["code"].help_text = "Six figures from your app, or eight from your paper of spare codes."


class CodeAgainForm(_Code, AllauthCodeAgainForm):  # type: ignore[misc]
    pass


class AppForm(_Code, ActivateTOTPForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["code"].label = "Code that the app shows now"
        self.fields["code"].widget.attrs["inputmode"] = "numeric"

    def clean_code(self) -> str:
        code: str = normalize_user_code(self.cleaned_data["code"])
        attempt = self._counted()
        if not _use_step(self.user, self.secret, code):
            raise ValidationError(get_adapter().error_messages["incorrect_code"])
        attempt.succeeded()
        return code
