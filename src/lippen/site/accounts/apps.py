from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "lippen.site.accounts"
    label = "accounts"
    verbose_name = "Accounts"
    default = True

    def ready(self) -> None:
        from django.urls import register_converter

        from lippen.site.accounts import (
            leaving,
            links,
            means,
            names_entered,
            panel,
            personal_data,
            references,
            register_names,
            sign_in_settings,
        )

        register_converter(references.Reference, "ref")
        register_converter(links.Token, "token")
        register_names.provide()
        names_entered.provide()
        panel.provide()
        sign_in_settings.tell_allauth()
        personal_data.declare_all()
        means.enter_changes()
        leaving.hand_over_own()


class NamesAlone(AppConfig):
    """The same tables for whoever checks the register from outside, with neither the keys nor the pages of
    the site: nothing is put up when it starts.
    """

    name = "lippen.site.accounts"
    label = "accounts"
    default = False
