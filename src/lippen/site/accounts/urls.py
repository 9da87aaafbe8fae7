"""Every address of accounts, room by room: signing in, one's own account, people, partners, programs, and the
register, whose pages stand here because who may see how much of it is decided here.

allauth's pages are named one by one, so that each says who may open it; there is none for signing up. What
changes something for others, or takes a copy out, asks again who one is.
"""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as second_step
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from django.urls import URLPattern

from lippen.site.accounts.access import EVERYBODY, READ_ONLY, SEND_ONLY, SIGNED_IN, page, permitted
from lippen.site.accounts.sign_in_again import asked_again
from lippen.site.accounts.views import (
    devices,
    invitations,
    leaving,
    partners,
    people,
    permissions,
    register,
    you,
)
from lippen.site.accounts.views.about_oneself import about_oneself
from lippen.site.accounts.views.sign_in import (
    add_passkey,
    change_password,
    changing,
    means_of_sign_in,
    remove_passkey,
    say_again_by_passkey,
    setting_up,
    sign_in_by_passkey,
)

_invite = permitted("invite", "staff")
_see_colleagues = permitted("list", "staff")
_change_people = permitted("write", "staff")
_take_people_out = permitted("export", "staff")
_change_partners = permitted("write", "organisation")
_change_keys = permitted("write", "api-key")
_declare = permitted("write", "conflict")
_list_register = permitted("list", "register")
_take_register_out = permitted("export", "register")

_signing_in: list[URLPattern] = [
    page("sign-in/", account.login, EVERYBODY, "account_login"),
    page("sign-in/passkey/", sign_in_by_passkey, EVERYBODY, "mfa_login_webauthn"),
    page("sign-out/", account.logout, EVERYBODY, "account_logout"),
    page("second-step/", second_step.authenticate, EVERYBODY, "mfa_authenticate"),
    page("second-step/lost/", asked_again(devices.lost), _see_colleagues, "lost-devices"),
    page("second-step/lost/<ref:ref>/", asked_again(devices.lost_one), SIGNED_IN, "lost-device"),
    page("second-step/new/<token:token>/", devices.new_device, EVERYBODY, "new-device"),
]
_own_account: list[URLPattern] = [
    page("you/", about_oneself(you.you, "own account"), SIGNED_IN, "you", methods=READ_ONLY),
    page("you/role/", you.choose_role, SIGNED_IN, "choose-role", methods=SEND_ONLY),
    page("you/waiting/<ref:ref>/", you.waiting, SIGNED_IN, "waiting", methods=SEND_ONLY),
    page("you/again/", account.reauthenticate, SIGNED_IN, "account_reauthenticate"),
    page("you/again/code/", second_step.reauthenticate, SIGNED_IN, "mfa_reauthenticate"),
    page("you/again/passkey/", say_again_by_passkey, SIGNED_IN, "mfa_reauthenticate_webauthn"),
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
        about_oneself(you.sessions, "own sessions"),
        SIGNED_IN,
        "sessions",
    ),
    page("you/reading/", register.own_reading, SIGNED_IN, "own-reading", methods=READ_ONLY),
    page(
        "you/security/",
        about_oneself(means_of_sign_in, "own means of sign-in"),
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
    page("you/declared/", partners.declarations, _declare, "declarations"),
    page(
        "you/declared/<ref:ref>/withdraw/",
        asked_again(partners.withdraw_declaration, back="/you/declared/"),
        _declare,
        "withdraw-declaration",
        methods=SEND_ONLY,
    ),
]
_people: list[URLPattern] = [
    page("people/", people.people, permitted("list", "staff"), "people", methods=READ_ONLY),
    page(
        "people/export.csv",
        asked_again(people.export_csv),
        _take_people_out,
        "people-csv",
        methods=READ_ONLY,
    ),
    page(
        "people/export.jsonl",
        asked_again(people.export_json),
        _take_people_out,
        "people-jsonl",
        methods=READ_ONLY,
    ),
    page("people/<ref:ref>/", people.person, permitted("read", "staff"), "person", methods=READ_ONLY),
    page("people/<ref:ref>/met/", asked_again(people.met), permitted("read", "staff"), "met"),
    page(
        "people/<ref:ref>/met/take-back/",
        asked_again(people.take_back_met),
        permitted("read", "staff"),
        "take-back-met",
    ),
    page("people/<ref:ref>/give-role/", asked_again(people.give_role), _change_people, "give-role"),
    page(
        "people/<ref:ref>/roles/<ref:role>/end/",
        asked_again(people.end_role),
        _change_people,
        "end-role",
    ),
    page("people/<ref:ref>/leave/", asked_again(leaving.leave), _change_people, "leave"),
    page("people/<ref:ref>/erase/", asked_again(leaving.erase), permitted("erase", "staff"), "erase-person"),
    page("invitations/", invitations.open_invitations, _invite, "invitations", methods=READ_ONLY),
    page("invitations/new/", asked_again(invitations.invite), _invite, "invite"),
    page(
        "invitations/<ref:ref>/withdraw/",
        asked_again(invitations.withdraw, back="/invitations/"),
        _invite,
        "withdraw-invitation",
        methods=SEND_ONLY,
    ),
    page("invitations/open/<token:token>/", invitations.enter, EVERYBODY, "enter"),
]
_partners: list[URLPattern] = [
    page("permissions/", permissions.what_each_sees, EVERYBODY, "permissions", methods=READ_ONLY),
    page(
        "organisations/",
        partners.organisations,
        permitted("list", "organisation"),
        "organisations",
        methods=READ_ONLY,
    ),
    page(
        "organisations/add/",
        asked_again(partners.add_organisation),
        _change_partners,
        "add-organisation",
    ),
    page(
        "organisations/<ref:ref>/close/",
        asked_again(partners.close_organisation),
        _change_partners,
        "close-organisation",
    ),
    page("programs/", partners.keys, permitted("list", "api-key"), "keys", methods=READ_ONLY),
    page("programs/add/", asked_again(partners.make_key), _change_keys, "make-key"),
    page(
        "programs/<ref:ref>/end/",
        asked_again(partners.end_key, back="/programs/"),
        _change_keys,
        "end-key",
        methods=SEND_ONLY,
    ),
]
_register: list[URLPattern] = [
    page("register/", register.register, _list_register, "register", methods=READ_ONLY),
    page(
        "register/<int:number>/",
        register.entry,
        permitted("read", "register"),
        "register-entry",
        methods=READ_ONLY,
    ),
    page(
        "register/record/<slug:data_class>/<slug:record>/",
        register.record,
        _list_register,
        "register-record",
        methods=READ_ONLY,
    ),
    page(
        "register/unusual/",
        register.unusual,
        permitted("verify", "register"),
        "register-unusual",
        methods=READ_ONLY,
    ),
    page(
        "register/check/",
        register.check,
        permitted("verify", "register"),
        "register-check",
        methods=READ_ONLY,
    ),
    page(
        "register/export.csv",
        asked_again(register.export_csv),
        _take_register_out,
        "register-csv",
        methods=READ_ONLY,
    ),
    page(
        "register/export.jsonl",
        asked_again(register.export_json),
        _take_register_out,
        "register-jsonl",
        methods=READ_ONLY,
    ),
]

urlpatterns = [*_signing_in, *_own_account, *_people, *_partners, *_register]
