"""The settings of processes that attack a register of their own: the workspace's keys and database, and of
the site's apps the register alone, which imports no other.
"""

from __future__ import annotations

import os
from pathlib import Path

from lippen.site.configuration import WORKSPACE_VARIABLE, database_settings, read_configuration
from lippen.site.keys import read_keys

CONFIGURATION = read_configuration(Path(os.environ[WORKSPACE_VARIABLE]))
KEYS = read_keys(CONFIGURATION.keys)
DATABASES = {"default": database_settings(CONFIGURATION)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["lippen.site.register"]
SECRET_KEY = "of the tests"  # noqa: S105 - nothing is signed with it
TIME_ZONE = "UTC"
USE_TZ = True
