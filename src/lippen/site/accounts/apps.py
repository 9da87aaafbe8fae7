from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "lippen.site.accounts"
    label = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        from django.urls import register_converter

        from lippen.site.accounts import (
            leaving,
            links,
            means,
            panel,
            personal_data,
            references,
            register_names,
            sign_in_settings,
        )

        register_converter(references.Reference, "ref")
        register_converter(links.Token, "token")
        register_names.provide()
        panel.provide()
        sign_in_settings.tell_allauth()
        personal_data.declare_all()
        means.enter_changes()
        leaving.hand_over_own()
