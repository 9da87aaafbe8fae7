"""Where the residents' door is, as far as the site knows: it is another process, at another address."""

from __future__ import annotations

from django.conf import settings

from lippen.site.operation.demo_secrets import door_of_demo
from lippen.site.speak.page import FOLDER, MANIFEST


def door_address() -> str | None:
    """The address of the door: what `door` in site.toml names, or where a demo's is open just now."""
    configuration = settings.CONFIGURATION
    if configuration.demo:
        return door_of_demo(configuration.workspace)
    return None if configuration.door is None else f"{configuration.door}/"


def is_published() -> bool:
    """Whether a partnership has published its desks in this workspace. A demo's are nobody's."""
    return not settings.CONFIGURATION.demo and (settings.CONFIGURATION.workspace / FOLDER / MANIFEST).exists()
