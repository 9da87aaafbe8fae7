"""In which role a signed-in person acts just now: one role, one organisation, one regime for a session."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from django.http import HttpRequest
from django.utils import timezone

from lippen.site.accounts.colleagues import officers
from lippen.site.accounts.models import Organisation, Person, RoleHeld
from lippen.site.accounts.permissions import Verdict, permissions
from lippen.site.accounts.sessions import REGIME, fix_regime
from lippen.site.register.services import Reader

CHOSEN: Final = "acting"
"""The session's key that holds the reference of the role chosen."""

NO_ROLE: Final = "You hold no role today. Ask an administrator of your organisation."
CLOSED: Final = (
    "You hold no role today: your organisation was closed. If you work for another partner now, ask an "
    "administrator there to invite you."
)
CHOOSE: Final = "You hold roles under two laws. Choose the one in which you act now, on the page You."
OTHER_LAW: Final = (
    "The roles you hold today are under another law than this session. Sign out and sign in again."
)
SET_UP_FIRST: Final = "Your role needs a second step at sign-in. Set one up first."


class AnybodysRequest(HttpRequest):
    """A request as every view gets it: `acting` is null when nobody is signed in. `middleware` sees to it."""

    acting: Acting | None


class SignedInRequest(HttpRequest):
    """A request at an address that is not for everybody: somebody is signed in. `access.Page` sees to it."""

    acting: Acting


@dataclass(frozen=True)
class Acting:
    """Somebody signed in, in the role chosen for this session.

    `held` is null while they hold no role today, or have not chosen under which law they act; `without` then
    says why. `others` are the roles they hold today, in this one or other organisations.
    """

    person: Person
    held: RoleHeld | None
    second_factor: bool
    others: tuple[RoleHeld, ...] = field(default=())
    without: str = NO_ROLE

    @cached_property
    def looked_up(self) -> dict[str, Any]:
        """What was looked up in answering this request and need not be again, by the name of what it is."""
        return {}

    @property
    def reader(self) -> Reader:
        """How the register knows them. Raises PermissionError when they hold no role."""
        if self.held is None:
            raise PermissionError(self.without)
        return Reader(
            person=self.person.ref,
            role=self.held.role,
            organisation=self.held.organisation.ref,
            regime=self.held.organisation.regime,
        )

    @property
    def themselves(self) -> Reader:
        """How the register knows them on the pages about their own account, which need no role."""
        if self.held is not None:
            return self.reader
        return Reader(person=self.person.ref, role="none", organisation="none", regime="uk-gdpr")

    @property
    def organisation(self) -> Organisation:
        """The organisation for which they act. Raises PermissionError when they hold no role."""
        if self.held is None:
            raise PermissionError(self.without)
        return self.held.organisation

    @property
    def role_title(self) -> str:
        return permissions().roles[self.held.role].title if self.held else ""

    @property
    def must_set_up(self) -> bool:
        """Whether a role they hold needs a second factor that this session was not opened with."""
        roles = permissions().roles
        needed = any(roles[one.role].second_factor for one in self.others or filter(None, [self.held]))
        return needed and not self.second_factor

    @property
    def can_have_officer(self) -> bool:
        """Whether their kind of organisation can have a data-protection officer; a panel cannot."""
        kinds = permissions().roles["protection-officer"].organisations
        return self.held is not None and self.held.organisation.kind in kinds

    @cached_property
    def has_officer(self) -> bool:
        """Whether somebody else is a data-protection officer today in the organisation they act for."""
        if self.held is None or not self.can_have_officer:
            return False
        return officers(self.held.organisation).exclude(pk=self.person.pk).exists()

    @property
    def whom_to_tell(self) -> str:
        """Whom they tell that something is not right."""
        return "your data-protection officer" if self.has_officer else "an administrator where you work"

    @property
    def whom_to_ask(self) -> str:
        """Whom they can ask for more than their role opens."""
        if self.held is None:
            return "ask an administrator where you work"
        return permissions().whom_to_ask(self.held.role, officer=self.has_officer)

    def may(self, verb: str, data: str) -> Verdict:
        """Whether they may do this in the role they act in now, and why. See
        `permissions.Permissions.may`.
        """
        if self.held is None:
            return Verdict(False, "", self.without)
        if permissions().roles[self.held.role].second_factor and not self.second_factor:
            return Verdict(False, "", SET_UP_FIRST)
        return permissions().may(self.held.role, verb, data, self.held.organisation.regime)


def acting_of(request: HttpRequest) -> Acting | None:
    """Who acts in this request; None when nobody is signed in.

    Roles are looked up at each request, so that access ends at once when a role does. The role chosen is kept
    as long as it is held; else the first one held under the session's regime is taken. A person whose roles
    are under one law gets that one; with roles under two they choose first.
    """
    person = request.user
    if not isinstance(person, Person) or not person.is_active:
        return None
    held = tuple(person.roles_on(timezone.localdate()).order_by("pk"))
    regimes = {one.organisation.regime for one in held}
    if REGIME not in request.session and len(regimes) == 1:
        fix_regime(request.session, next(iter(regimes)))
    regime = request.session.get(REGIME)
    under = [one for one in held if one.organisation.regime == regime]
    chosen = request.session.get(CHOSEN)
    acting_as = next((one for one in under if one.ref == chosen), under[0] if under else None)
    without = _without_role(person) if not held else CHOOSE if regime is None else OTHER_LAW
    return Acting(person, acting_as, _second_factor(request, person), held, without)


def _without_role(person: Person) -> str:
    """Why somebody holds no role today: their last one ended with its organisation, or for another reason."""
    if person.roles.exclude(until__lte=timezone.localdate()).exists():
        return NO_ROLE  # one begins on a later day
    last = person.roles.select_related("organisation").order_by("until", "pk").last()
    return CLOSED if last is not None and last.organisation.closed_on is not None else NO_ROLE


def choose(request: HttpRequest, ref: str) -> str:
    """Act in the role of this reference from now on. Returns why not, or "" when it is done."""
    person = request.user
    role = isinstance(person, Person) and person.roles_on(timezone.localdate()).filter(ref=ref).first()
    if not role:
        return "You do not hold this role today."
    regime = role.organisation.regime
    if (request.session.get(REGIME) or fix_regime(request.session, regime)) != regime:
        return "This role is under another law. Sign out, sign in again, and choose it first."
    request.session[CHOSEN] = role.ref
    return ""


def _second_factor(request: HttpRequest, person: Person) -> bool:
    """Whether this session was opened with a second factor, or a passkey, which is two in one."""
    from allauth.account.authentication import get_authentication_records

    return any(record.get("method") == "mfa" for record in get_authentication_records(request, person))
