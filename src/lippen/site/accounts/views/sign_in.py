"""allauth's pages in our house: each about oneself is entered in the register, and each change is whole."""

from __future__ import annotations

from functools import wraps
from typing import Any, cast

from allauth.account import views as account
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import views as second_step
from allauth.mfa.webauthn import views as webauthn
from allauth.mfa.webauthn.internal import auth
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from lippen.site.accounts import devices, lock_out, means
from lippen.site.accounts.access import SignedInView, refuse
from lippen.site.accounts.acting import SignedInRequest
from lippen.site.accounts.sign_in_again import asked_again
from lippen.site.accounts.sign_in_forms import SignInForm
from lippen.site.accounts.views.about_oneself import about_oneself
from lippen.site.form.sending import REFUSED

NEW_DEVICE = "new-device"
"""The session's key that holds the replacement whose link was used in this session."""


def changing(view: SignedInView, what: str) -> SignedInView:
    """A page on which one changes one's own means of sign-in: entered, asked again who one is, and the change
    in one transaction with its entry.
    """

    @wraps(view)
    def changed(request: SignedInRequest, *args: Any, **named: Any) -> HttpResponseBase:
        if request.method != "POST":
            return view(request, *args, **named)
        with transaction.atomic():
            return _drawn(view(request, *args, **named))

    return about_oneself(asked_again(changed), what)


def setting_up(view: SignedInView, what: str) -> SignedInView:
    """The same, where a device is added: not with a password alone when colleagues have just revoked one."""
    whole = changing(view, what)

    @wraps(view)
    def allowed(request: SignedInRequest, *args: Any, **named: Any) -> HttpResponseBase:
        person = request.acting.person
        if _needs_link(request):
            return refuse(
                request,
                "Your device was replaced, so a new one is set up by the link that your colleagues gave you, "
                "and not by a password alone. Open that link. If you have none, ask two colleagues again.",
            )
        before = means.devices_of(person)
        response = whole(request, *args, **named)
        if means.devices_of(person) - before:
            _record_use(request)
            request.session.pop(NEW_DEVICE, None)
        return response

    return allowed


def change_password(request: SignedInRequest) -> HttpResponseBase:
    """A new password makes every browser unknown and signed out but this one."""
    with transaction.atomic():
        response = _drawn(account.password_change(request))
    if request.method == "POST" and isinstance(response, HttpResponse) and response.status_code == 302:
        lock_out.remember_device(request, response, request.acting.person)
    return response


class MeansOfSignIn(second_step.IndexView):  # type: ignore[misc] # allauth brings no types
    """It says first what to do when colleagues have had one's device replaced."""

    def get_context_data(self, **named: Any) -> dict[str, Any]:
        told: dict[str, Any] = super().get_context_data(**named)
        told["awaits_link"] = _needs_link(self.request)
        return told


class AddPasskey(webauthn.AddWebAuthnView):  # type: ignore[misc] # allauth brings no types
    """Always a passkey that signs in alone and checks whoever holds it."""

    def get_context_data(self, **named: Any) -> dict[str, Any]:
        told: dict[str, Any] = super().get_context_data(**named)
        told["js_data"] = {"creation_options": auth.begin_registration(self.request.user, True)}
        return told


class RemovePasskey(webauthn.RemoveWebAuthnView):  # type: ignore[misc] # allauth brings no types
    """Not the last second step of somebody whose role needs one."""

    def form_valid(self, form: Any) -> HttpResponseBase:
        if not get_adapter().can_delete_authenticator(self.get_object()):
            form.add_error(None, get_adapter().error_messages["cannot_delete_authenticator"])
            return cast(HttpResponseBase, self.form_invalid(form))
        response: HttpResponseBase = super().form_valid(form)
        return response


class SignInByPasskey(webauthn.LoginWebAuthnView):  # type: ignore[misc] # allauth brings no types
    """An answer that opens nothing leads to the page where one signs in, which says so."""

    def form_invalid(self, form: Any) -> HttpResponse:
        told = {"form": SignInForm(request=self.request), "passkey": form, "sign_in_at": "/sign-in/"}
        return render(self.request, "account/login.html", told, status=REFUSED)


class SayAgainByPasskey(webauthn.ReauthenticateWebAuthnView):  # type: ignore[misc] # allauth brings no types
    """An answer that is not right stays on this page, from which one can go on to what one came for."""

    def form_invalid(self, form: Any) -> HttpResponseBase:
        return cast(HttpResponseBase, self.render_to_response({**self.get_context_data(), "form": form}))


means_of_sign_in = MeansOfSignIn.as_view()
add_passkey = AddPasskey.as_view()
remove_passkey = RemovePasskey.as_view()
sign_in_by_passkey = SignInByPasskey.as_view()
say_again_by_passkey = SayAgainByPasskey.as_view()


def _needs_link(request: SignedInRequest) -> bool:
    """Whether a new device is set up by colleagues' link alone, which this session was not opened with."""
    person = request.acting.person
    link = request.session.get(NEW_DEVICE)
    return devices.awaits_link(person) and not devices.holds_link(person, link)


def _drawn(response: HttpResponseBase) -> HttpResponseBase:
    """Drawn within the transaction, so that what fails in a template takes the change back too."""
    return response.render() if hasattr(response, "render") else response


def _record_use(request: HttpRequest) -> None:
    """Setting a device up is using it: a code of it, or an answer of it, was checked just now."""
    from allauth.account.internal.flows.login import record_authentication

    record_authentication(request, request.user, "mfa", type="set up")
