"""Addresses of signing in, of one's own account, of invitations, lost devices and leaving.

allauth's pages are named one by one, so that each says who may open it; there is none for signing up.
"""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as second_step
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from allauth.usersessions import views as sessions

from lippen.site.accounts import links  # noqa: F401 - registers <token:...>
from lippen.site.accounts.access import EVERYBODY, READ_ONLY, SEND_ONLY, SIGNED_IN, page, permitted
from lippen.site.accounts.sign_in_again import asked_again
from lippen.site.accounts.views import devices, invitations, leaving, you
from lippen.site.accounts.views.about_oneself import about_oneself
from lippen.site.accounts.views.sign_in import (
    add_passkey,
    change_password,
    changing,
    remove_passkey,
    setting_up,
)

_may_invite = permitted("invite", "staff")
_may_write = permitted("write", "staff")

urlpatterns = [
    page("sign-in/", account.login, EVERYBODY, "account_login"),
    page("sign-in/passkey/", passkeys.login_webauthn, EVERYBODY, "mfa_login_webauthn"),
    page("sign-out/", account.logout, EVERYBODY, "account_logout"),
    page("second-step/", second_step.authenticate, EVERYBODY, "mfa_authenticate"),
    page("second-step/lost/", asked_again(devices.lost), SIGNED_IN, "lost-devices"),
    page("second-step/lost/<ref:ref>/", asked_again(devices.lost_one), SIGNED_IN, "lost-device"),
    page("second-step/new/<token:token>/", devices.new_device, EVERYBODY, "new-device"),
    page("you/", about_oneself(you.you, "own account"), SIGNED_IN, "you", methods=READ_ONLY),
    page("you/role/", you.choose_role, SIGNED_IN, "choose-role", methods=SEND_ONLY),
    page("you/waiting/<ref:ref>/", you.waiting, SIGNED_IN, "waiting", methods=SEND_ONLY),
    page("you/again/", account.reauthenticate, SIGNED_IN, "account_reauthenticate"),
    page("you/again/code/", second_step.reauthenticate, SIGNED_IN, "mfa_reauthenticate"),
    page("you/again/passkey/", passkeys.reauthenticate_webauthn, SIGNED_IN, "mfa_reauthenticate_webauthn"),
    page(
        "you/password/", about_oneself(change_password, "own password"), SIGNED_IN, "account_change_password"
    ),
    page(
        "you/password/first/",
        changing(account.password_set, "own password"),
        SIGNED_IN,
        "account_set_password",
    ),
    page(
        "you/sessions/",
        about_oneself(sessions.list_usersessions, "own sessions"),
        SIGNED_IN,
        "usersessions_list",
    ),
    page(
        "you/security/",
        about_oneself(second_step.index, "own means of sign-in"),
        SIGNED_IN,
        "mfa_index",
        methods=READ_ONLY,
    ),
    page(
        "you/security/app/",
        setting_up(app.activate_totp, "own app for codes"),
        SIGNED_IN,
        "mfa_activate_totp",
    ),
    page(
        "you/security/app/remove/",
        changing(app.deactivate_totp, "own app for codes"),
        SIGNED_IN,
        "mfa_deactivate_totp",
    ),
    page(
        "you/security/codes/",
        asked_again(about_oneself(codes.view_recovery_codes, "own spare codes")),
        SIGNED_IN,
        "mfa_view_recovery_codes",
        methods=READ_ONLY,
    ),
    page(
        "you/security/codes/new/",
        changing(codes.generate_recovery_codes, "own spare codes"),
        SIGNED_IN,
        "mfa_generate_recovery_codes",
    ),
    page(
        "you/security/passkeys/",
        about_oneself(passkeys.list_webauthn, "own passkeys"),
        SIGNED_IN,
        "mfa_list_webauthn",
        methods=READ_ONLY,
    ),
    page(
        "you/security/passkeys/add/", setting_up(add_passkey, "own passkeys"), SIGNED_IN, "mfa_add_webauthn"
    ),
    page(
        "you/security/passkeys/<int:pk>/name/",
        changing(passkeys.edit_webauthn, "own passkeys"),
        SIGNED_IN,
        "mfa_edit_webauthn",
    ),
    page(
        "you/security/passkeys/<int:pk>/remove/",
        changing(remove_passkey, "own passkeys"),
        SIGNED_IN,
        "mfa_remove_webauthn",
    ),
    page("invitations/", invitations.open_invitations, _may_invite, "invitations", methods=READ_ONLY),
    page("invitations/new/", asked_again(invitations.invite), _may_invite, "invite"),
    page(
        "invitations/<ref:ref>/withdraw/",
        invitations.withdraw,
        _may_invite,
        "withdraw-invitation",
        methods=SEND_ONLY,
    ),
    page("invitations/open/<token:token>/", invitations.enter, EVERYBODY, "enter"),
    page("people/<ref:ref>/leave/", asked_again(leaving.leave), _may_write, "leave"),
]
