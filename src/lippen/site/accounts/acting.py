"""In which role a signed-in person acts just now: one role, one organisation, one regime for a session."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils import timezone

from lippen.site.accounts.models import Person, RoleHeld
from lippen.site.accounts.permissions import Verdict, permissions
from lippen.site.register.services import Reader

CHOSEN = "acting"
"""The session's key that holds the reference of the role chosen."""


@dataclass(frozen=True)
class Acting:
    """Somebody signed in, in the role chosen for this session. `held` is null while they hold no role
    today.
    """

    person: Person
    held: RoleHeld | None
    second_factor: bool

    @property
    def reader(self) -> Reader:
        """How the register knows them. Raises PermissionError when they hold no role."""
        if self.held is None:
            raise PermissionError("who holds no role reads nothing")
        return Reader(
            person=self.person.ref,
            role=self.held.role,
            organisation=self.held.organisation.ref,
            regime=self.held.organisation.regime,
        )

    def may(self, verb: str, data: str) -> Verdict:
        """Whether they may do this in the role they act in now, and why. See
        `permissions.Permissions.may`.
        """
        if self.held is None:
            return Verdict(False, "", "You hold no role today. Ask an administrator of your organisation.")
        if permissions().roles[self.held.role].second_factor and not self.second_factor:
            return Verdict(False, "", "Your role needs a second step at sign-in. Set one up first.")
        return permissions().may(self.held.role, verb, data, self.held.organisation.regime)


def acting_of(request: HttpRequest) -> Acting | None:
    """Who acts in this request; None when nobody is signed in.

    Roles are looked up at each request, so that access ends at once when a role does. The role chosen is kept
    as long as it is held; else the first one held is taken.
    """
    person = request.user
    if not isinstance(person, Person) or not person.is_active:
        return None
    held = list(person.roles_on(timezone.localdate()).order_by("pk"))
    chosen = request.session.get(CHOSEN)
    acting_as = next((one for one in held if one.ref == chosen), held[0] if held else None)
    return Acting(person, acting_as, second_factor=_second_factor(request))


def _second_factor(request: HttpRequest) -> bool:
    """Whether this session was opened with a second factor, or a passkey, which is two in one."""
    from allauth.account.authentication import get_authentication_records

    return any(record.get("method") == "mfa" for record in get_authentication_records(request))
