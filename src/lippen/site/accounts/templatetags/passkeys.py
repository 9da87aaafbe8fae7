"""What a page hands to the script of passkeys."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.core.serializers.json import DjangoJSONEncoder

register = template.Library()


@register.filter
def as_json(told: Any) -> str:
    """JSON for the value of an attribute; it is escaped like any other text."""
    return json.dumps(told, cls=DjangoJSONEncoder)
