from __future__ import annotations

from django.apps import AppConfig


class SightingsConfig(AppConfig):
    name = "lippen.site.sightings"
    label = "sightings"
    verbose_name = "Sightings"

    def ready(self) -> None:
        from lippen.site.sightings import classes

        classes.declare_all()
