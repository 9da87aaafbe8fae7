"""Addresses of the register."""

from __future__ import annotations

from lippen.site.accounts import register_names, register_pages
from lippen.site.accounts.access import READ_ONLY, page, permitted
from lippen.site.accounts.sign_in_again import asked_again

register_names.provide()

_may_list = permitted("list", "register")
_may_read = permitted("read", "register")
_may_export = permitted("export", "register")
_may_verify = permitted("verify", "register")

urlpatterns = [
    page("register/", register_pages.register, _may_list, "register", methods=READ_ONLY),
    page("register/<int:number>/", register_pages.entry, _may_read, "register-entry", methods=READ_ONLY),
    page(
        "register/record/<slug:data_class>/<slug:record>/",
        register_pages.record,
        _may_list,
        "register-record",
        methods=READ_ONLY,
    ),
    page("register/unusual/", register_pages.unusual, _may_verify, "register-unusual", methods=READ_ONLY),
    page(
        "register/export.csv",
        asked_again(register_pages.export_csv),
        _may_export,
        "register-csv",
        methods=READ_ONLY,
    ),
    page(
        "register/export.jsonl",
        asked_again(register_pages.export_json),
        _may_export,
        "register-jsonl",
        methods=READ_ONLY,
    ),
]
