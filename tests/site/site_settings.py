"""The site's settings over a workspace of the tests' own, made anew by each process that runs tests."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from lippen.site.keys import make_keys

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Chromium's driver keeps a loop of its own in the thread

# A worker of pytest-xdist is started by a process that may have read these settings too, and would write to
# its lake.
if os.environ.get("PYTEST_XDIST_WORKER", "alone") not in os.environ.get("LIPPEN_WORKSPACE", ""):
    _workspace = Path(
        tempfile.mkdtemp(prefix=f"lippen-tests-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}-")
    )
    make_keys(_workspace / "keys")
    os.environ["LIPPEN_WORKSPACE"] = str(_workspace)

from lippen.site.settings import *  # noqa: F403
