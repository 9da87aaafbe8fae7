"""What fails a build: a model of the site that belongs to no class of data and does not say why."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register

from lippen.site.register.classes import declared, impersonal


@register
def every_model_is_declared(app_configs: Any, **_: Any) -> list[CheckMessage]:
    known = {model for one in declared().values() for model in one.models} | set(impersonal())
    installed = {model._meta.label for model in apps.get_models()}
    return [
        *(
            Error(
                f"{label} belongs to no class of data",
                hint="Declare it in its app's ready(): register.classes.declare or declare_impersonal.",
                id="register.E001",
            )
            for label in sorted(installed - known)
        ),
        *(
            Error(f"{label} is declared and does not exist", id="register.E002")
            for label in sorted(known - installed)
        ),
    ]
