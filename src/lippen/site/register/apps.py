from __future__ import annotations

from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "lippen.site.register"
    label = "register"
    verbose_name = "Register"

    def ready(self) -> None:
        from django.db.backends.signals import connection_created

        from lippen.site.register import checks  # noqa: F401 - registers the checks that fail a build
        from lippen.site.register.classes import declare_impersonal
        from lippen.site.register.on_sqlite import give_functions

        connection_created.connect(give_functions, dispatch_uid="register")
        declare_impersonal(
            [
                *("register.Entry", "register.Shown", "register.Alert"),
                *("register.Checkpoint", "register.Expiry", "register.Retention", "register.Rotation"),
            ],
            "opaque references only; entries go by monthly segments and are never erased one by one",
        )
