"""The components, as tags. Each is shown in all its states on the living page, `/form/`."""

from __future__ import annotations

from django import template

register = template.Library()
