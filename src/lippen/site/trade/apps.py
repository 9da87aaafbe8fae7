from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    import pyarrow as pa


class TradeConfig(AppConfig):
    name = "lippen.site.trade"
    label = "trade"
    verbose_name = "Trade"

    def ready(self) -> None:
        from lippen.site.insight import needed, words_answered
        from lippen.site.trade import classes, today

        classes.declare_all()
        needed.provide(today.needed)
        words_answered.provide(_answers)


def _answers() -> pa.Table:
    # Loaded by whoever asks, which is whoever reckons: a page that never does need not wait for it.
    from lippen.site.trade.teaching import decisions

    return decisions()
