from __future__ import annotations

from django.apps import AppConfig


class FormConfig(AppConfig):
    name = "lippen.site.form"
    label = "form"
    verbose_name = "Form"

    def ready(self) -> None:
        from lippen.site.form.plain_errors import say_plainly

        say_plainly()
