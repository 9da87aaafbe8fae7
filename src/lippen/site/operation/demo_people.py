"""Who is in the demo: partners of Invermarrow, a burgh that does not exist, and people who are nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
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
    "Marrowmouth Women's Group": ("community-group", "uk-gdpr"),
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
    FictionalPerson(
        "Nan Duffy",
        "Braeside Tenants' Voice",
        ("desk",),
        "Opens what residents tell this desk. A colleague's draft waits for her too.",
    ),
    FictionalPerson(
        "Rab Kinloch",
        "Braeside Tenants' Voice",
        ("desk",),
        "Works at the same desk, and signs off what Nan Duffy writes.",
    ),
    FictionalPerson(
        "Senga Moffat",
        "Marrowmouth Women's Group",
        ("administrator",),
        "Lets the group's workers in. Opens nothing that residents tell.",
    ),
    FictionalPerson(
        "Isla Geddes",
        "Marrowmouth Women's Group",
        ("desk",),
        "Opens what residents tell the other desk.",
    ),
    FictionalPerson(
        "Zofia Lis",
        "Marrowmouth Women's Group",
        ("desk",),
        "Works at that desk too. She cannot open what is for Braeside.",
    ),
    FictionalPerson("Ewan Petrie", "Invermarrow Homes", ("worker",), "A housing officer who visits homes."),
    FictionalPerson(
        "Catriona Weir", "Invermarrow Homes", ("co-ordinator",), "Reads what desks pass on to housing."
    ),
    FictionalPerson("Shona Laird", "Invermarrow Homes", ("administrator",), "Lets housing colleagues in."),
    FictionalPerson(
        "Aileen Gourlay", "Invermarrow Social Work", ("co-ordinator",), "Brings partners together."
    ),
    FictionalPerson(
        "Tom Rennie",
        "Invermarrow Social Work",
        ("protection-officer",),
        "Answers for what people of Social Work read, and can look all of it up.",
    ),
    FictionalPerson("Una McPhail", "Invermarrow Social Work", ("administrator",), "Lets social workers in."),
    FictionalPerson(
        "Fiona Baxter", "Kirkbrae High School", ("worker",), "A teacher who worries about a pupil."
    ),
    FictionalPerson("Niall Ogilvy", "Kirkbrae High School", ("administrator",), "Lets teachers in."),
    FictionalPerson("Ruth Adeyemi", "Invermarrow Health", ("worker",), "A nurse on the addictions team."),
    FictionalPerson(
        "Bashir Rahman", "Invermarrow Health", ("co-ordinator",), "Reads what desks pass on to health."
    ),
    FictionalPerson(
        "Callum Wishart",
        "Invermarrow Health",
        ("researcher",),
        "May not see who works here: compare the pages.",
    ),
    FictionalPerson("Parveen Malik", "Invermarrow Health", ("administrator",), "Lets nurses in."),
    FictionalPerson(
        "Iain Struthers", "Invermarrow Police", ("police-officer",), "See what he cannot open, and why."
    ),
    FictionalPerson(
        "Leanne Purdie",
        "Invermarrow Police",
        ("analyst",),
        "Works with closed incidents and episodes. Sees her colleagues, and nobody in the town.",
    ),
    FictionalPerson(
        "Sorcha Milne",
        "Invermarrow Police",
        ("protection-officer",),
        "Answers for what the police read of closed incidents and episodes, and can look all of it up.",
    ),
    FictionalPerson(
        "Alasdair Begg",
        "Invermarrow Police",
        ("administrator",),
        "Lets police colleagues in, and cannot add a partner.",
    ),
    FictionalPerson("Gordon Mackie", "Trading Standards, Invermarrow", ("worker",), "Looks at what is sold."),
    FictionalPerson(
        "Innes Falconer",
        "Trading Standards, Invermarrow",
        ("analyst",),
        "Brings in adverts and sightings, and works with what is sold and in what words.",
    ),
    FictionalPerson(
        "Sheila Tulloch", "Trading Standards, Invermarrow", ("administrator",), "Lets colleagues in."
    ),
    FictionalPerson(
        "Jean Abernethy", "Invermarrow Scrutiny Panel", ("panel",), "Can see every reading that anybody made."
    ),
    FictionalPerson("Hamid Sharif", "Invermarrow Scrutiny Panel", ("panel",), "The second pair of eyes."),
    FictionalPerson(
        "Effie Lorimer",
        "Invermarrow Scrutiny Panel",
        ("administrator",),
        "Lets members of the panel in. Reads nothing of the register but her own lines.",
    ),
)

DESKS: Final = {"braeside": "Braeside Tenants' Voice", "marrowmouth": "Marrowmouth Women's Group"}
"""The organisation that runs each desk to which residents can write, by the desk's id."""

NOT_TO: Final = {
    "police": "Invermarrow Police",
    "housing": "Invermarrow Homes",
    "social-work": "Invermarrow Social Work",
    "health": "Invermarrow Health",
    "school": "Kirkbrae High School",
    "trading-standards": "Trading Standards, Invermarrow",
}
"""Partners from whom a resident may keep a report, by their ids there."""

HERE_FOR: Final = timedelta(days=60)
"""How long everybody has worked here when the visitor comes."""

LOST: Final = ("Una McPhail", "Aileen Gourlay")
"""Who asked for a new device for whom, before the visitor came: their third colleague can agree or refuse."""

BROUGHT_IN_BY: Final = "Leanne Purdie"
"""Who brought in the closed incidents, which the police therefore hold."""

COLLECTED_BY: Final = "Innes Falconer"
"""Who brought in the town's adverts and sightings, which trading standards therefore hold. What is sold is
their work, and they are not the police: people sooner tell them what they saw, and what they hold is under
the same law as what desks and workers tell.
"""

READINGS: Final = (
    ("Shona Laird", "", "to see who still works here"),
    ("Aileen Gourlay", "", "to reach a colleague about a joint visit"),
    ("Morag Sillars", "", "to check roles before the quarter's meeting"),
    ("Iain Struthers", "Purdie", "to find who is on duty"),
    ("Tom Rennie", "", "the monthly check of who has which role"),
    ("Ewan Petrie", "Shona", "to hand over a visit"),
)
"""Who looked up the people of their own organisation before the visitor came, the name sought, and why."""
