from __future__ import annotations

from django.apps import AppConfig


class OperationConfig(AppConfig):
    name = "lippen.site.operation"
    label = "operation"
    verbose_name = "Operation"
