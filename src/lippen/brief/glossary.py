"""The words of trade that the page uses, each with its meaning (design 4)."""

GLOSSARY: tuple[tuple[str, str], ...] = (
    (
        "Incident",
        "A call or event recorded by a control room. It is closed, and has a kind, a time and a place.",
    ),
    (
        "Outcome",
        "How an incident ended: founded (something was found), unfounded (nothing found, false, or no trace) "
        "or unknown. Unfounded is not proof of bad faith.",
    ),
    ("Episode", "Incidents that belong together more than chance allows."),
    (
        "Diversion",
        "An episode that drew response away from another place while something happened there. "
        "This page only ever says that times are consistent with it.",
    ),
    (
        "Expected",
        "What is normal here for this kind of incident, hour and area, learned from earlier time only.",
    ),
    (
        "Area",
        "A small area of some 500 to 1,000 residents, or a square of about 1 km where the export has none.",
    ),
    ("Interval", "The range in which the true figure lies, 95 times in 100."),
    (
        "Quarantine",
        "Where rows are put aside that could not be read safely, each with its line and a reason.",
    ),
)

TRADE_GLOSSARY: tuple[tuple[str, str], ...] = (
    ("Sighting", "What someone happened to see offered for sale, described without naming anyone."),
    ("Listing", "An advert in a collection that an organisation holds under a recorded authority."),
    ("Copies", "Posts that say the same, or nearly. They are counted as one, and told beside."),
    ("Alarm", "More sightings in a week than chance and season explain. It says nothing of why."),
)
"""Those that only a page with a section on the trade uses."""
