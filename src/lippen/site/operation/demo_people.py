"""Who is in the demo: partners of Invermarrow, a burgh that does not exist, and people who are nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class FictionalPerson:
    """Somebody to sign in as. `does` says in a sentence what to look at as them."""

    name: str
    organisation: str
    roles: tuple[str, ...]
    does: str

    @property
    def email(self) -> str:
        return f"{self.name.lower().replace(' ', '.')}@example.org"

    @property
    def word(self) -> str:
        """The last part of the address at which one signs in as them."""
        return self.name.lower().replace(" ", "-")


ORGANISATIONS: Final = {
    "Braeside Tenants' Voice": ("community-group", "uk-gdpr"),
    "Invermarrow Homes": ("housing", "uk-gdpr"),
    "Invermarrow Social Work": ("social-work", "uk-gdpr"),
    "Kirkbrae High School": ("school", "uk-gdpr"),
    "Invermarrow Health": ("health", "uk-gdpr"),
    "Invermarrow Police": ("police", "law-enforcement"),
    "Trading Standards, Invermarrow": ("trading-standards", "uk-gdpr"),
    "Invermarrow Scrutiny Panel": ("scrutiny-panel", "uk-gdpr"),
}
"""Name of each partner, with its kind and its regime."""

PEOPLE: Final = (
    FictionalPerson(
        "Morag Sillars",
        "Braeside Tenants' Voice",
        ("administrator", "co-ordinator"),
        "Lets colleagues in, and can change between two roles.",
    ),
    FictionalPerson("Nan Duffy", "Braeside Tenants' Voice", ("desk",), "Will open what residents write."),
    FictionalPerson("Ewan Petrie", "Invermarrow Homes", ("worker",), "A housing officer who visits homes."),
    FictionalPerson("Shona Laird", "Invermarrow Homes", ("administrator",), "Lets housing colleagues in."),
    FictionalPerson(
        "Aileen Gourlay", "Invermarrow Social Work", ("co-ordinator",), "Brings partners together."
    ),
    FictionalPerson(
        "Tom Rennie",
        "Invermarrow Social Work",
        ("protection-officer",),
        "Answers for what the council's people read, and sees all of it.",
    ),
    FictionalPerson(
        "Fiona Baxter", "Kirkbrae High School", ("worker",), "A teacher who worries about a pupil."
    ),
    FictionalPerson("Ruth Adeyemi", "Invermarrow Health", ("worker",), "A nurse on the addictions team."),
    FictionalPerson(
        "Callum Wishart", "Invermarrow Health", ("researcher",), "Sees no person at all: compare the pages."
    ),
    FictionalPerson(
        "Iain Struthers", "Invermarrow Police", ("police-officer",), "See what he cannot open, and why."
    ),
    FictionalPerson(
        "Leanne Purdie", "Invermarrow Police", ("analyst",), "Works with counts, and sees nobody's name."
    ),
    FictionalPerson("Gordon Mackie", "Trading Standards, Invermarrow", ("worker",), "Looks at what is sold."),
    FictionalPerson(
        "Jean Abernethy", "Invermarrow Scrutiny Panel", ("panel",), "Can see every reading that anybody made."
    ),
    FictionalPerson("Hamid Sharif", "Invermarrow Scrutiny Panel", ("panel",), "The second pair of eyes."),
)

READINGS: Final = (
    ("Shona Laird", "", "to see who still works here"),
    ("Aileen Gourlay", "", "to reach a colleague about a joint visit"),
    ("Morag Sillars", "", "to check roles before the quarter's meeting"),
    ("Iain Struthers", "Purdie", "to find who is on duty"),
    ("Tom Rennie", "", "the monthly check of who has which role"),
    ("Ewan Petrie", "Shona", "to hand over a visit"),
)
"""Who looked up the people of their own organisation before the visitor came, the name sought, and why."""
