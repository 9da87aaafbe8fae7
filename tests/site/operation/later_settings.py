"""The site's settings in a later Lippen, which has one more app: for tests of upgrades."""

from __future__ import annotations

from lippen.site.settings import *  # noqa: F403
from lippen.site.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "later_app"]
