"""The site's settings where the mail program is a folder beside the workspace, in which each letter lies."""

from __future__ import annotations

from lippen.site.settings import *  # noqa: F403
from lippen.site.settings import CONFIGURATION

EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = CONFIGURATION.workspace.parent / "outbox"
