from __future__ import annotations

from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "lippen.site.register"
    label = "register"
    verbose_name = "Register"

    def ready(self) -> None:
        from lippen.site.register import checks  # noqa: F401 - registers the checks that fail a build
        from lippen.site.register.classes import declare_impersonal

        declare_impersonal(
            ["register.Alert"], "opaque references, times and a rule; it goes with the month of its readings"
        )
