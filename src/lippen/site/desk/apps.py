from __future__ import annotations

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "lippen.site.desk"
    label = "desk"
    verbose_name = "Desk"

    def ready(self) -> None:
        from django.urls import register_converter

        from lippen.site.desk import classes
        from lippen.site.desk.sealed_ids import SealedId

        register_converter(SealedId, "sealed")
        classes.declare_all()
