"""Addresses of people, partners, programs, declarations, and of what each may see."""

from __future__ import annotations

from lippen.site.accounts import partner_views, people_views, permissions_views
from lippen.site.accounts.access import EVERYBODY, READ_ONLY, SEND_ONLY, page, permitted
from lippen.site.accounts.sign_in_again import asked_again

_may_list = permitted("list", "staff")
_may_read = permitted("read", "staff")
_may_write = permitted("write", "staff")
_may_export = permitted("export", "staff")
_may_keep_keys = permitted("write", "api-key")
_partners = permitted("list", "organisation")
_keep_partners = permitted("write", "organisation")

urlpatterns = [
    page("permissions/", permissions_views.what_each_sees, EVERYBODY, "permissions", methods=READ_ONLY),
    page("people/", people_views.people, _may_list, "people", methods=READ_ONLY),
    page(
        "people/export.csv",
        asked_again(people_views.export_csv),
        _may_export,
        "people-csv",
        methods=READ_ONLY,
    ),
    page(
        "people/export.jsonl",
        asked_again(people_views.export_json),
        _may_export,
        "people-jsonl",
        methods=READ_ONLY,
    ),
    page("people/<ref:ref>/", people_views.person, _may_read, "person", methods=READ_ONLY),
    page("people/<ref:ref>/give-role/", asked_again(people_views.give_role), _may_write, "give-role"),
    page(
        "people/<ref:ref>/roles/<ref:role>/end/", asked_again(people_views.end_role), _may_write, "end-role"
    ),
    page("organisations/", partner_views.organisations, _partners, "organisations", methods=READ_ONLY),
    page(
        "organisations/add/", asked_again(partner_views.add_organisation), _keep_partners, "add-organisation"
    ),
    page(
        "organisations/<ref:ref>/close/",
        asked_again(partner_views.close_organisation),
        _keep_partners,
        "close-organisation",
    ),
    page("programs/", partner_views.keys, permitted("list", "api-key"), "keys", methods=READ_ONLY),
    page("programs/add/", asked_again(partner_views.make_key), _may_keep_keys, "make-key"),
    page(
        "programs/<ref:ref>/end/",
        asked_again(partner_views.end_key),
        _may_keep_keys,
        "end-key",
        methods=SEND_ONLY,
    ),
    page("you/declared/", partner_views.declarations, permitted("write", "conflict"), "declarations"),
    page(
        "you/declared/<ref:ref>/withdraw/",
        partner_views.withdraw_declaration,
        permitted("write", "conflict"),
        "withdraw-declaration",
        methods=SEND_ONLY,
    ),
]
