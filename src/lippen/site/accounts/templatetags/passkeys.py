"""What pages of a second step need: what goes to the script of passkeys, and secrets as one types them."""

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


@register.filter
def in_groups(secret: str) -> list[str]:
    """A secret in groups of four, as one reads it off and types it."""
    return [secret[start : start + 4] for start in range(0, len(secret), 4)]
