"""A town whose names are in the register, for tests of who exchanges them and how long they are known."""
# ruff: noqa: S608 - the statements are an attacker's own

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from people_factory import acting_as, signed_in
from registers import HeldRegister

from lippen.site.accounts import invitations
from lippen.site.accounts.models import Organisation, Person
from lippen.site.accounts.services import make_organisation, make_person
from lippen.site.register.models import Act
from lippen.site.register.services import Records, enter_reading
from lippen.site.register.verdict import Verdict


@dataclass
class Town:
    """Homes with an administrator and a worker, a panel of one, a register that is sealed."""

    register: HeldRegister
    homes: Organisation
    ann: Person
    ailsa: Person
    jean: Person

    def breaches(self, **how: Any) -> str:
        """What the check says is not as it was sealed; nothing while it is whole."""
        return "\n".join(one.what for one in self.verdict(**how).breaches)

    def verdict(self, **how: Any) -> Verdict:
        self.register.seal()
        return self.register.verify(**how)

    def alter(self, table: str, ref: str, /, **columns: Any) -> None:
        """Set columns of the row of this reference past the program."""
        setting = ", ".join(f"{name} = %s" for name in columns)
        self.register.attack((f"UPDATE {table} SET {setting} WHERE ref = %s", [*columns.values(), ref]))

    def invite(self, name: str, email: str) -> str:
        """Ann invites a worker; returns the token of the link."""
        return invitations.invite(
            acting_as(self.ann), organisation_ref=self.homes.ref, role="worker", name=name, email=email
        )

    def exchange(self, one: Person, other: Person, *columns: str) -> None:
        for to, of in ((one, other), (other, one)):
            self.alter("accounts_person", to.ref, **{name: getattr(of, name) for name in columns})


def named_town(register: HeldRegister) -> Town:
    """One in which a worker read about her administrator."""
    homes = make_organisation("Homes", "housing", "uk-gdpr")
    ann = make_person("Ann Orr", "ann@example.org", [(homes, "administrator")])
    ailsa = make_person("Ailsa Reid", "ailsa@example.org", [(homes, "worker")])
    panel = make_organisation("The Panel", "scrutiny-panel", "uk-gdpr")
    jean = make_person("Jean Roy", "jean@example.org", [(panel, "panel")])
    made = Town(register, homes, ann, ailsa, jean)
    reader = acting_as(ailsa).reader
    enter_reading(reader, Act.CONSULTATION, "people", [Records("staff", (ann.ref,))], purpose="to visit")
    assert made.breaches() == ""
    return made


def seen_by(person: Person, path: str = "/register/") -> str:
    answer = signed_in(person).get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def put_back(town: Town, row: dict[str, Any]) -> None:
    """Put somebody who was erased back as they were, which the check names."""
    Person(**row).save(force_insert=True)
    assert f"the person {row['ref']}, whom entry " in town.breaches()
    assert "was erased, is there: the row was put back" in town.breaches()
