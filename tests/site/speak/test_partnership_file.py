"""What a partnership writes about itself: read as it says, or refused with file, line and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_partnership import AREAS, TOML, make_workspace

from lippen.errors import LippenError
from lippen.site.operation.door_files import DoorHoldsSecret, public_files
from lippen.site.speak.areas import AreasRefused, read_areas
from lippen.site.speak.partnership import PartnershipRefused, read_partnership


def test_it_is_read_as_it_says(tmp_path: Path) -> None:
    told = read_partnership(make_workspace(tmp_path) / "speak")
    assert told.name == "Invermarrow Partnership"
    assert [one.id for one in told.desks] == ["harbour", "hill"]
    assert told.desks[1].drop_in == ""
    assert [(one.id, one.name) for one in told.partners] == [("police", "Police")]
    assert [(one.name, one.small_areas) for one in told.areas] == [("Harbour", (612, 744)), ("Hill", (580,))]


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ('name = "Invermarrow Partnership"', "name = ", 1, "cannot be read"),
        ('"areas.csv"', '"areas.csv" # age-secret-key-pq-1qqqq', 3, "a private key seems to stand here"),
        ("[[partners]]", f"# {'0f' * 32}\n[[partners]]", 21, "a private key seems to stand here"),
        ('name = "Invermarrow Partnership"', "name = 7", 1, "name must be text"),
        ('name = "Invermarrow Partnership"', 'name = " "', 1, "name must be one line"),
        ('name = "Invermarrow Partnership"', 'name = "a\\u202eb"', 1, "name must be one line"),
        ('name = "Invermarrow Partnership"', 'name = "a"\nmotto = "b"', 2, "'motto' is no setting"),
        ("https://example.org/weather", "http://example.org/weather", 2, "by HTTPS"),
        ("https://example.org/weather", "javascript:alert(1)", 2, "by HTTPS"),
        ("https://example.org/weather", "https://example.org/\\u0022><script>", 2, "by HTTPS"),
        ("https://example.org/weather", "https://user@example.org/", 2, "by HTTPS"),
        ('"areas.csv"', '"../areas.csv"', 3, "names no file beside this one"),
        ('"areas.csv"', '"/etc/passwd"', 3, "names no file beside this one"),
        ('id = "hill"', 'id = "Hill"', 13, "an id has 1 to 40"),
        ('id = "hill"', 'id = "../hill"', 13, "an id has 1 to 40"),
        ('id = "hill"', "", 13, "an id has 1 to 40"),
        ('id = "hill"', 'id = "harbour"', 13, "stands here twice"),
        ('name = "Hill Desk"', "name = 7", 13, "name of hill must be one line"),
        ('name = "Hill Desk"', 'name = "Hill Desk"\nkey = "secret"', 13, "'key' is no field of desks"),
        ('"01632 960 002"', '"0 1\\n2"', 13, "telephone of hill must be one line"),
        ('name = "Police"', f'name = "{"P" * 121}"', 21, "name of police must be one line"),
        ("[[partners]]", "[partners]", 21, "partners must be written as [[partners]]"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, said: str
) -> None:
    folder = make_workspace(tmp_path) / "speak"
    assert old in TOML
    (folder / "partnership.toml").write_text(TOML.replace(old, new))
    with pytest.raises(PartnershipRefused) as refused:
        read_partnership(folder)
    assert said in refused.value.what
    assert (refused.value.file, refused.value.line) == (str(folder / "partnership.toml"), line)
    assert refused.value.remedy


def test_no_backup_is_made_of_a_private_key_that_somebody_pasted(tmp_path: Path) -> None:
    """A comment goes into it too."""
    workspace = make_workspace(tmp_path)
    folder = workspace / "speak"
    assert {name for name, _ in public_files(workspace)} >= {"speak/partnership.toml", "speak/areas.csv"}
    for name, text, line in (
        ("partnership.toml", f"{TOML}# the paper: AGE-SECRET-KEY-PQ-1QQQQ\n", TOML.count("\n") + 1),
        ("partnership.toml", f"# {'0f' * 32}\n{TOML}", 1),
        ("areas.csv", f"{AREAS}Hill,AGE-SECRET-KEY-PQ-1QQQQ,12\n", AREAS.count("\n") + 1),
    ):
        (folder / name).write_text(text)
        with pytest.raises(DoorHoldsSecret, match="would be in every backup") as refused:
            list(public_files(workspace))
        assert (refused.value.file, refused.value.line) == (str(folder / name), line)
        (folder / "partnership.toml").write_text(TOML)


def test_desks_that_are_no_tables_are_refused(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path) / "speak"
    head, *_ = TOML.partition("[[desks]]")
    (folder / "partnership.toml").write_text(f"{head}desks = [7]\n")
    with pytest.raises(PartnershipRefused, match=r"written as \[\[desks\]\]") as refused:
        read_partnership(folder)
    assert refused.value.line == 5


def test_a_desk_that_can_be_reached_in_no_other_way_is_refused(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path) / "speak"
    text = TOML.replace('"01632 960 002"', '""').replace('"Freepost HILL DESK"', '""')
    (folder / "partnership.toml").write_text(text)
    with pytest.raises(PartnershipRefused, match="hill cannot be reached"):
        read_partnership(folder)


def test_no_more_desks_than_a_page_can_show_and_at_least_one(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path) / "speak"
    head, *_ = TOML.partition("[[desks]]")
    desk = (
        '[[desks]]\nid = "d{0}"\nname = "D"\nserves = "all"\ntelephone = "1"\ndrop_in = ""\nfreepost = ""\n'
    )
    (folder / "partnership.toml").write_text(head + "".join(desk.format(at) for at in range(13)))
    with pytest.raises(PartnershipRefused, match="13 desks"):
        read_partnership(folder)
    (folder / "partnership.toml").write_text(head)
    with pytest.raises(PartnershipRefused, match="there is no desk"):
        read_partnership(folder)


def test_a_file_that_is_not_there_or_is_no_text_is_refused(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path) / "speak"
    for content, said in ((b"\xff\xfe", "UTF-8"), (b" " * (2**20 + 1), "1 MiB")):
        (folder / "partnership.toml").write_bytes(content)
        with pytest.raises(PartnershipRefused, match=said):
            read_partnership(folder)
    (folder / "partnership.toml").unlink()
    with pytest.raises(PartnershipRefused, match=r"open-a-desk\.md"):
        read_partnership(folder)


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("larger_area,small_area,residents", "area,small_area,residents", 1, "does not name the columns"),
        ("Harbour,Quay,612", "Harbour,Quay", 2, "a row has 3 cells"),
        ("Harbour,Quay,612", ",Quay,612", 2, "a row has 3 cells"),
        ("Harbour,Quay,612", "Harbour,Quay,0", 2, "'0' is no number of residents"),
        ("Harbour,Quay,612", "Harbour,Quay,-5", 2, "'-5' is no number of residents"),
        ("Harbour,Quay,612", "Harbour,Quay,6.5", 2, "'6.5' is no number of residents"),
        ("Harbour,Quay,612", 'Harbour,Quay,"1,200"', 2, "'1,200' is no number of residents"),
        ("Harbour,Quay,612", "Harbour,Quay,٦١٢", 2, "is no number of residents"),
        ("Harbour,Quay,612", "Harbour,Quay,999999999999", 2, "is no number of residents"),
        ("Net Loft", "Quay", 3, "stands in line 2 already"),
        ("Harbour,Net Loft", "harbour,Net Loft", 3, "nobody tells them apart"),
        ("Hill,Hill North", "Hаrbour,Hill North", 4, "nobody tells them apart"),
        ("Hill,Hill North", "Hill/Mill,Hill North", 4, "has a '/'"),
        ("Hill North", "Hill\u3164North", 4, "a row has 3 cells"),
        ("Harbour,Quay,612", 'Harbour,"Quay,612', 4, "no CSV"),
    ],
)
def test_what_is_wrong_with_an_area_is_named_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, said: str
) -> None:
    file = tmp_path / "areas.csv"
    assert old in AREAS
    file.write_text(AREAS.replace(old, new))
    with pytest.raises(AreasRefused) as refused:
        read_areas(file)
    assert said in refused.value.what
    assert (refused.value.file, refused.value.line) == (str(file), line)
    assert refused.value.remedy


def test_a_town_that_no_telephone_could_carry_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "areas.csv"
    head, *_ = AREAS.partition("\n")
    file.write_text("\n".join([head, *(f"A{at},B{at},600" for at in range(61))]))
    with pytest.raises(AreasRefused, match="61 larger"):
        read_areas(file)
    file.write_text(head)
    with pytest.raises(AreasRefused, match="no area in it"):
        read_areas(file)


@given(text=st.text() | st.binary().map(lambda one: one.decode("latin-1")))
def test_whatever_stands_in_the_files_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    folder = tmp_path_factory.mktemp("written")
    (folder / "partnership.toml").write_text(text, "utf-8", "replace", "")
    (folder / "areas.csv").write_text(text, "utf-8", "replace", "")
    for read in (lambda: read_partnership(folder), lambda: read_areas(folder / "areas.csv")):
        with pytest.raises(LippenError):
            read()
