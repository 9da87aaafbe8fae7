"""The register's background jobs."""

from __future__ import annotations

from django_tasks import task

from lippen.site.register.unusual import look


@task()
def look_for_unusual() -> int:
    """Look at the days that ended, and alert the panel. Returns how many alerts came."""
    return look()
