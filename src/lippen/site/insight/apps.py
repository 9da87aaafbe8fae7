from __future__ import annotations

from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "lippen.site.insight"
    label = "insight"
    verbose_name = "Insight"

    def ready(self) -> None:
        from lippen.site.insight import classes, deeds
        from lippen.site.register import resolvers

        classes.declare_all()
        resolvers.provide_words(deeds.in_words)
