from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "lippen.site.accounts"
    label = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        from lippen.site.accounts import leaving, means, personal_data, sign_in_settings

        sign_in_settings.tell_allauth()
        personal_data.declare_all()
        means.enter_changes()
        leaving.hand_over_own()
