"""The classes of data that accounts hold, declared to the register, and how each is erased."""

from __future__ import annotations

from lippen.site.register.classes import DataClass, declare, declare_impersonal


def declare_all() -> None:
    """Called once, when Django starts."""
    from lippen.site.accounts.services import erase_person

    declare(
        DataClass(
            name="staff",
            what="People who use Lippen: names, addresses, roles, what they declared, means of sign-in.",
            models=(
                "accounts.Person",
                "accounts.RoleHeld",
                "accounts.Arrival",
                "accounts.Invitation",
                "accounts.Conflict",
                "accounts.DeviceReplacement",
                "accounts.Approval",
                "accounts.Notice",
                "accounts.UsedCode",
                "account.EmailAddress",
                "account.EmailConfirmation",
                "mfa.Authenticator",
                "accounts.Session",
            ),
            erase=erase_person,
        )
    )
    declare_impersonal(["accounts.Organisation", "accounts.ApiKey"], "about an organisation, not a person")
    declare_impersonal(
        ["accounts.FailedAttempt"], "keyed digests that name nobody, gone after a day (see lock_out)"
    )
    declare_impersonal(
        ["auth.Permission", "auth.Group", "contenttypes.ContentType"], "part of Django; nothing is kept in it"
    )
    declare_impersonal(
        ["django_tasks_database.DBTaskResult"], "the queue of background jobs, which take ids and no content"
    )
