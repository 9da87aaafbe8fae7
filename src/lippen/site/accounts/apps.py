from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "lippen.site.accounts"
    label = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        from lippen.site.accounts import personal_data

        personal_data.declare_all()
