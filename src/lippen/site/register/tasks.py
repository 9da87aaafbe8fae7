"""The register's background jobs. The worker puts them into its queue (`operation/hourly.py`)."""

from __future__ import annotations

from django_tasks import task

from lippen.site.register.expiry import expire
from lippen.site.register.looking import look
from lippen.site.register.nightly import check


@task()
def look_for_unusual() -> int:
    """Look at the days that ended, and alert the panel. Returns how many alerts are new."""
    return look()


@task()
def let_months_go() -> int:
    """Let the months go that the policy in force keeps no longer. Returns how many went."""
    return len(expire())


@task()
def check_register() -> bool:
    """Check the whole register, and tell the panel of a fault. Returns whether all is well."""
    return check().well
