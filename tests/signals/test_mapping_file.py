"""Mapping files: each mistake is found before a row is read, and named with file, key and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from lippen.signals import MappingError, load_mapping, parse_mapping

GOOD = """
kind = "incident"
source = "Invermarrow control room"
zone = "Europe/London"
ignore = ["Station"]
[columns]
incident_id = "Ref"
kind = ["Group", "Kind"]
reported_at = ["Day", "Clock"]
lat = "Lat"
lon = "Long"
disposal = "Disposal"
[join]
kind = ": "
[times]
formats = ["%d/%m/%Y %H:%M", "iso"]
earliest = 2018-01-01
[numbers]
decimal_comma = false
[file]
delimiter = ";"
encoding = "cp1252"
header_row = 3
[outcomes]
default = "unknown"
founded = ["CR", "AD"]
unfounded = ["NT"]
[kinds]
own_activity = ["PATROL"]
sensor = ["ALARM"]
[kinds.protected]
domestic = ["DOM"]
[protected_words]
hate = ["taunt"]
[places]
grid_km = 2
missing = ["0"]
fill = false
box = { south = 56, west = -2, north = 57.5, east = -1 }
[allow]
Ref = "a running number of ours"
"""


def test_a_mapping_says_all_of_it() -> None:
    mapping = parse_mapping(GOOD)
    assert mapping.wanted() == ("Ref", "Group", "Kind", "Day", "Clock", "Lat", "Long", "Disposal")
    assert mapping.outcomes == {"cr": "founded", "ad": "founded", "nt": "unfounded"}
    assert (mapping.own_activity, mapping.sensor, mapping.protected_kinds) == ({"patrol"}, {"alarm"}, {"dom"})
    assert mapping.box is not None
    assert (mapping.box.south, mapping.box.east, mapping.grid_km, mapping.fill_places) == (56, -1, 2, False)
    assert (mapping.file.delimiter, mapping.file.header_row, mapping.file.longest_line) == (";", 3, 1 << 20)


def test_the_least_that_a_mapping_must_say() -> None:
    mapping = parse_mapping('zone = "UTC"\n[columns]\nkind = "k"\nreported_at = "t"\n')
    assert (mapping.kind.name, mapping.default_outcome, [form.text for form in mapping.formats]) == (
        "incident",
        "unknown",
        ["iso"],
    )


MISTAKES = [
    # what is replaced, by what, the key, what is said of it or what to do
    ('zone = "Europe/London"', 'zome = "Europe/London"', "zome", "Did you mean `zone`?"),
    ('zone = "Europe/London"', "", "zone", 'Write the IANA name .* such as zone = "Europe/London"'),
    ('zone = "Europe/London"', "zone = 1", "zone", "Write the IANA name"),
    ("Europe/London", "Europe/Lundon", "zone", "Did you mean `Europe/London`?"),
    ("Europe/London", "", "zone", "is ''"),
    ("Europe/London", "../../etc/passwd", "zone", "Write the IANA name"),
    ("Europe/London", "Europe", "zone", "is 'Europe'"),
    ('kind = "incident"', 'kind = "sightings"', "kind", "Known kinds: answer, .*incident, .*sighting"),
    ('kind = "incident"', "kind = []", "kind", "Known kinds: answer, .*incident"),
    ('kind = "incident"', 'kind = "sighting"', "outcomes", "says nothing about a sighting"),
    ("[columns]", "[colums]", "colums", "Did you mean `columns`?"),
    ('incident_id = "Ref"', 'incident_ref = "Ref"', "columns.incident_ref", "Did you mean `incident_id`?"),
    ('incident_id = "Ref"', 'caller = "Ref"', "columns.caller", "Known here: .*closed_at"),
    ('incident_id = "Ref"', 'local_day = "Ref"', "columns.local_day", "is not a key Lippen knows"),
    ('incident_id = "Ref"', "incident_id = 3", "columns.incident_id", 'Write it as \\["one", "two"\\]'),
    ('incident_id = "Ref"', 'incident_id = " "', "columns.incident_id", "names no column"),
    ('incident_id = "Ref"', "incident_id = []", "columns.incident_id", "names no column"),
    ('kind = ["Group", "Kind"]\n', "", "columns.kind", "is missing"),
    ('reported_at = ["Day", "Clock"]\n', "", "columns.reported_at", "is missing"),
    ('lat = "Lat"\n', "", "columns.lat", "Name both or neither"),
    ('lat = "Lat"', 'lat = ["Lat", "Y"]', "columns.lat", "can only come from one column"),
    ('ignore = ["Station"]', 'ignore = ["Ref"]', "columns.incident_id", "names 'Ref', which `ignore` lists"),
    ('ignore = ["Station"]', 'ignore = "Station"', "ignore", "must be a list of texts"),
    ('[join]\nkind = ": "', "[join]\nkind = 1", "join.kind", "must be a text"),
    ('[join]\nkind = ": "', '[join]\nplaec = ": "', "join.plaec", "Known here: "),
    ('"iso"]', '"%d/%m/%Y %Q"]', "times.formats", "%Q is not a directive"),
    ('"iso"]', '"%H:%M"]', "times.formats", "it needs a year, a month and a day"),
    ('"iso"]', '"%d/%d/%Y"]', "times.formats", "%d stands in it twice"),
    ('"iso"]', '"%d/%m/%Y %I:%M"]', "times.formats", "%I and %p .* go together"),
    ('formats = ["%d/%m/%Y %H:%M", "iso"]', "formats = []", "times.formats", "is empty"),
    ("earliest = 2018-01-01", 'earliest = "soon"', "times.earliest", "must be a day"),
    ("earliest = 2018-01-01", "earliest = 2018-01-01T10:00:00", "times.earliest", "must be a day"),
    ("2018-01-01", "2018-01-01\nlatest = 2017-12-31", "times.latest", "before the earliest"),
    ("decimal_comma = false", 'decimal_comma = "no"', "numbers.decimal_comma", "must be true or false"),
    ('delimiter = ";"', 'delimiter = ";;"', "file.delimiter", "It must be one character"),
    ('delimiter = ";"', "delimiter = '\"'", "file.delimiter", "It must be one character"),
    ('delimiter = ";"', 'delimiter = ""', "file.delimiter", "It must be one character"),
    ('delimiter = ";"', "delimiter = 3", "file.delimiter", "must be one character"),
    ('encoding = "cp1252"', 'encoding = "latin-99"', "file.encoding", 'Such as "utf-8"'),
    ('encoding = "cp1252"', 'encoding = "base64"', "file.encoding", 'Such as "utf-8"'),
    ('encoding = "cp1252"', 'encoding = "undefined"', "file.encoding", 'Such as "utf-8"'),
    ("header_row = 3", "header_row = 0", "file.header_row", "It must lie between 1 and"),
    ("header_row = 3", "header_row = true", "file.header_row", "must be a row number"),
    ("header_row = 3", "longest_line = 0", "file.longest_line", "It must lie between 1 and"),
    ("header_row = 3", "longest_line = 99_999_999_999", "file.longest_line", "It must lie between 1 and"),
    ("header_row = 3", "largest_unpacked = -1", "file.largest_unpacked", "It must lie between 1 and"),
    ("header_row = 3", "header_rows = 3", "file.header_rows", "Did you mean `header_row`?"),
    ('default = "unknown"', 'default = "false"', "outcomes.default", "one of founded, unfounded, unknown"),
    ('unfounded = ["NT"]', 'unfounded = [" ad "]', "outcomes.unfounded", "' ad ', which another outcome"),
    ('unfounded = ["NT"]', 'unfound = ["NT"]', "outcomes.unfound", "Did you mean `unfounded`?"),
    ('disposal = "Disposal"\n', "", "outcomes", "lists codes but no column holds them"),
    ('sensor = ["ALARM"]', 'sensor = "ALARM"', "kinds.sensor", "must be a list of texts"),
    ('sensor = ["ALARM"]', 'sensors = ["ALARM"]', "kinds.sensors", "Did you mean `sensor`?"),
    ('domestic = ["DOM"]', 'domestics = ["DOM"]', "kinds.protected.domestics", "Did you mean `domestic`?"),
    ('hate = ["taunt"]', 'hat = ["taunt"]', "protected_words.hat", "Did you mean `hate`?"),
    ('hate = ["taunt"]', 'hate = ["taunt", " "]', "protected_words.hate", "holds an empty word"),
    ("grid_km = 2", "grid_km = 0", "places.grid_km", "must lie between 0.2 and 50"),
    ("grid_km = 2", "grid_km = nan", "places.grid_km", "must lie between 0.2 and 50"),
    ("grid_km = 2", 'grid_km = "2"', "places.grid_km", "must be a number of kilometres"),
    ('missing = ["0"]', "missing = [0]", "places.missing", "must be a list of texts"),
    ("fill = false", "fill = 0", "places.fill", "must be true or false"),
    ("south = 56,", "", "places.box.south", "is missing"),
    ("south = 56,", 'south = "56",', "places.box.south", "must be a number of degrees"),
    ("south = 56,", "south = 58,", "places.box", "South is below north"),
    ("west = -2,", "west = 0,", "places.box", "west is left of east"),
    ("north = 57.5,", "north = 91,", "places.box", "is not a box on the globe"),
    ("south = 56,", "south = 56, up = 1,", "places.box.up", "Known here: east"),
    ("{ south = 56, west = -2, north = 57.5, east = -1 }", "[56, -2]", "places.box", "must be a table"),
    ('Ref = "a running number of ours"', 'Ref = "fine"', "allow.Ref", "must say why it is not identity"),
    ('Ref = "a running number of ours"', "Ref = true", "allow.Ref", "must say why it is not identity"),
    ('source = "Invermarrow control room"', "source = 1", "source", "must be a text"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "key", "says"), MISTAKES)
def test_each_mistake_is_named_with_file_key_and_remedy(
    tmp_path: Path, before: str, after: str, key: str, says: str
) -> None:
    assert GOOD.count(before) == 1
    path = tmp_path / "mapping.toml"
    path.write_text(GOOD.replace(before, after))
    with pytest.raises(MappingError, match=says.replace("?", r"\?")) as mistake:
        load_mapping(path)
    assert str(mistake.value).startswith(f"{path}: `{key}` ")
    assert mistake.value.remedy


@pytest.mark.parametrize(
    "section", ["columns", "times", "file", "outcomes", "kinds", "places", "allow", "join"]
)
def test_a_section_that_is_no_table_is_named(section: str) -> None:
    text = 'zone = "UTC"\n' + ("" if section == "columns" else '[columns]\nkind = "k"\nreported_at = "t"\n')
    with pytest.raises(MappingError, match=rf"`{section}` must be a table.*\[{section}\]"):
        parse_mapping(f"{section} = 3\n{text}")


def test_a_file_that_is_not_there_not_text_or_not_toml(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match=r"none.toml: there is no such mapping file. Make one with"):
        load_mapping(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_text("zone = Europe/London\n")
    with pytest.raises(MappingError, match=r"bad.toml: the mapping is not valid TOML: .*line 1"):
        load_mapping(tmp_path / "bad.toml")
    (tmp_path / "wide.toml").write_bytes(GOOD.encode("utf-16"))
    with pytest.raises(MappingError, match=r"wide.toml: .*must be UTF-8"):
        load_mapping(tmp_path / "wide.toml")
    with pytest.raises(MappingError, match="the mapping cannot be read"):
        load_mapping(tmp_path)
    (tmp_path / "marked.toml").write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert load_mapping(tmp_path / "marked.toml").zone == "Europe/London"


@pytest.mark.parametrize(
    "text",
    ["a = " + "[" * 20_000, "a = " + "9" * 5_000, f"a = 0x{'f' * 5_000}", "a = " + "[" * 400 + "]" * 400],
)
def test_what_is_too_long_or_too_deep_to_be_meant_is_an_error_of_the_mapping(text: str) -> None:
    with pytest.raises(MappingError):
        parse_mapping(text)


def test_a_number_of_400_digits_is_named() -> None:
    with pytest.raises(MappingError, match=r"`places.box.south` is a number too long"):
        parse_mapping(GOOD.replace("south = 56,", f"south = {'9' * 400},"))
