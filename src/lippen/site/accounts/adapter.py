"""What Lippen does in its own way where allauth asks: messages, where one may be sent, counting, devices."""

from __future__ import annotations

import time
from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import authenticate
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from lippen.site.accounts import lock_out, means, sign_in
from lippen.site.accounts.acting import acting_of
from lippen.site.accounts.encryption import cipher
from lippen.site.accounts.models import Person
from lippen.site.accounts.permissions import permissions
from lippen.site.accounts.sessions import BEGAN, SEEN
from lippen.site.accounts.sign_in_settings import SETTINGS

_TOO_MANY: Final = (
    "Too many tries failed. Wait a quarter of an hour, or use a passkey or a browser that you signed in from "
    "before. If it was not you, tell an administrator of your organisation."
)
SECOND_STEP: Final = b"lippen second step"
"""The label of the key that keeps secrets of apps for codes and spare codes."""

_WAYS: Final = {
    "reauthenticate": "Use your password",
    "mfa_reauthenticate": "Use your app for codes, or a spare code",
    "mfa_reauthenticate:webauthn": "Use a passkey",
}
"""How one says again who one is, by allauth's names."""

_SILENT: Final = frozenset({"account/messages/logged_in.txt", "account/messages/logged_out.txt"})


class SignIn(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-in by e-mail and password."""

    error_messages: Final = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "The e-mail address or the password is not right. Check both.",
        "incorrect_password": "This is not your password. Check it and try again.",
        "too_many_login_attempts": _TOO_MANY,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's signature
        return False

    def is_safe_url(self, url: str) -> bool:
        """Only a path of this site: an address with a host in it leads nowhere, whatever the host."""
        return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """To the first page; first to the one that sets a second step up, for whom a role needs one."""
        acting = acting_of(request)
        return reverse("mfa_index") if acting and acting.must_set_up else str(settings.LOGIN_REDIRECT_URL)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:
        """Whose e-mail and password these are. The time it takes tells nobody whether there is an account."""
        try:
            attempt = lock_out.begin(request, lock_out.PASSWORD, credentials["email"])
        except lock_out.LockedOut:
            raise self.validation_error("too_many_login_attempts") from None
        person = authenticate(request, **credentials)
        AuthenticationBackend.unstash_authenticated_user()  # whoever left is told what a stranger is told
        if not isinstance(person, Person):
            return None
        attempt.succeeded()
        return person

    def reauthenticate(self, user: Person, password: str) -> bool:
        try:
            attempt = lock_out.begin(context.request, lock_out.PASSWORD, user.email)
        except lock_out.LockedOut:
            raise self.validation_error("too_many_login_attempts") from None
        if not user.check_password(password):
            return False
        attempt.succeeded()
        return True

    def login(self, request: HttpRequest, user: Person) -> None:
        super().login(request, user)
        request.session[BEGAN] = request.session[SEEN] = time.time()

    def is_reauthentication_required(self, **_: Any) -> bool:
        """Before a sensitive step, unless one has just signed in with a second step, which says no less than
        being asked again would. Never in a demo, where nobody has a password.
        """
        return not settings.CONFIGURATION.demo and not _second_step_given_just_now(context.request)

    def get_reauthentication_methods(self, user: Person) -> list[dict[str, str]]:
        """allauth's ways, each by the one word that all our pages have for it."""
        ways: list[dict[str, str]] = super().get_reauthentication_methods(user)
        return [{**way, "description": _WAYS.get(way["id"], way["description"])} for way in ways]

    def respond_user_inactive(self, *_: Any) -> HttpResponse:
        return redirect("account_login")

    def post_login(self, request: HttpRequest, user: Person, **told: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **told)
        lock_out.remember_device(request, response, user)
        return response

    def set_password(self, user: Person, password: str) -> None:
        """Set it, and make every other browser sign in anew and be unknown."""
        with transaction.atomic():
            user.set_password(password)
            user.save()
            sign_in.end_all(user)
            means.enter_change_of(user, "a password changed")

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **named: Any
    ) -> None:
        if message_template not in _SILENT:
            super().add_message(request, level, message_template, *args, **named)


def _second_step_given_just_now(request: HttpRequest) -> bool:
    """Whether a device or a spare code answered within the time in which nobody is asked again. A password
    alone is not enough, nor that a device was set up, which asks for what came before it.
    """
    since = time.time() - SETTINGS["ACCOUNT_REAUTHENTICATION_TIMEOUT"]
    return any(
        one.get("method") == "mfa" and one.get("type") in Authenticator.Type.values and one["at"] > since
        for one in get_authentication_records(request, request.user)
    )


class SecondStep(DefaultMFAAdapter):  # type: ignore[misc]
    """Codes and passkeys."""

    error_messages: Final = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "This did not work. A code works once, for half a minute: wait for the next one.",
        "incorrect_spare_code": "This did not work. A spare code works once: use another from your paper.",
        "cannot_delete_authenticator": "Your role needs a second step. Set up another before this one goes.",
    }

    def get_totp_issuer(self) -> str:
        return str(settings.CONFIGURATION.name)

    def _get_site_name(self) -> str:
        return str(settings.CONFIGURATION.name)

    def build_totp_svg(self, url: str) -> str:
        """The picture to photograph, as an element that stands in the page itself."""
        drawn = str(super().build_totp_svg(url)).partition("?>")[2].strip()
        head, end, rest = drawn.partition(">")
        light = '<rect width="100%" height="100%" fill="#fff"/>'  # in the dark a camera would see nothing
        return f"{head}{end}{light}{rest}"

    def generate_authenticator_name(self, user: Person, type: str) -> str:  # noqa: A002 - allauth's name
        return f"Passkey {Authenticator.objects.filter(user=user, type=type).count() + 1}"

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whether a second step is left when this one goes, or none is needed."""
        person = authenticator.user
        left = Authenticator.objects.filter(user=person).exclude(pk=authenticator.pk)
        if left.exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
            return True
        roles = permissions().roles
        return not any(roles[one.role].second_factor for one in person.roles_on(timezone.localdate()))

    def encrypt(self, text: str) -> str:
        """Who reads the database, or a copy of it, cannot make anybody's codes."""
        return cipher(SECOND_STEP).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return cipher(SECOND_STEP).decrypt(encrypted_text.encode()).decode()
