"""Nobody who called gets in: columns refused by name and by content, numbers masked, and ways round it tried.

Telephone numbers here are from the ranges that Ofcom keeps for drama; the registrations, postcodes and
other numbers belong to nobody.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from exports import HEADER, MAPPING, BroughtIn, as_csv, bring_in, bring_in_rows, bring_in_text, call
from hypothesis import given, settings
from hypothesis import strategies as st

from lippen import signals
from lippen.engine import Engine
from lippen.signals import ImportRefused, parse_mapping
from lippen.signals.identity import identity_by_content, identity_by_name, mask_identity


def phone(number: int) -> str:
    return f"07700 900{number % 1000:03}"


def mapped_as(column: str, name: str, more: str = "") -> str:
    """The usual mapping with one more column of the export read as `column`."""
    lines = [line for line in MAPPING.splitlines() if not line.startswith(f"{column} =")]
    at = lines.index("[columns]") + 1
    return "\n".join([*lines[:at], f'{column} = "{name}"', *lines[at:], more])


def with_column(name: str, values: list[str]) -> tuple[list[dict[str, str]], tuple[str, ...]]:
    return [{**call(at), name: value} for at, value in enumerate(values, 1)], (*HEADER, name)


NAMES = [
    "Caller", "Caller_Tel", "CLR PH NO", "callerTelephone", "CALLERPHONE", "caller-phone-no", "Phone2",
    "Tel. No. (Caller)", "Call back number", "PhoneNumber", "mobileNo", "MOB", "Contact No", "CLI", "ANI",
    "Ｐｈｏｎｅ", "Mob\u200bile", "Téléphone", "  landline  ", "Name", "CALLED BY", "Surname", "firstName",
    "Informant Name", "Complainant", "Reporting Party", "RP Name", "Reported By", "Victim DOB",
    "Date of Birth", "E-Mail", "email_addr", "emailaddress2", "IMEI", "IP Address", "NHS No", "CHI number",
    "VRM", "Vehicle Reg", "Number Plate", "UPRN", "address_id", "House No", "Flat Number",
    "Officer Collar Number", "Call Taker", "User ID",
]  # fmt: skip


@pytest.mark.parametrize("header", NAMES)
def test_a_column_named_for_a_person_is_refused(duck: Engine, tmp_path: Path, header: str) -> None:
    with pytest.raises(
        ImportRefused, match=r"by its name identifies .*Take it out of \[columns\]"
    ) as refused:
        bring_in_text(duck, tmp_path / "in", "never looked at", mapped_as("priority", header))
    assert header.strip() in str(refused.value)


def test_what_nobody_asked_for_is_passed_over_and_the_report_says_so(duck: Engine, tmp_path: Path) -> None:
    header = ",".join([*HEADER, *NAMES])
    row = ",".join([*call(1).values(), *("x" for _ in NAMES)])
    brought = bring_in_text(duck, tmp_path / "in", f"{header}\n{row}\n")
    left_out = brought.report.inputs[0].left_out
    assert [*left_out] == [" ".join(name.split()) for name in NAMES]
    assert left_out["CLR PH NO"] == "a telephone number"
    assert left_out["UPRN"] == "one household"
    assert (
        "the column 'Caller_Tel' looks like a telephone number and was not read" in brought.report.as_text()
    )


def test_an_honest_header_is_no_person() -> None:
    honest = [
        "Ref", "Kind", "Call Type", "Call Received", "Nature", "Place", "Address Block", "District", "Beat",
        "Priority", "Grade", "Notes", "Disposition", "Units", "Lat", "Longitude", "Data Zone", "Time Closed",
        "call_id", "call_time", "nature_first", "Opening Code", "No. Of Units", "Log Text", "Cleared",
        "Hotel", "CLR TIME", "category", "reason", "township", "formatted_address", "HourReported",
        "loc_type", "Station",
    ]  # fmt: skip
    assert {name: identity_by_name(name) for name in honest} == dict.fromkeys(honest)


def test_allow_takes_a_reason_and_then_the_column_is_read(duck: Engine, tmp_path: Path) -> None:
    rows, columns = with_column("Caller Type", ["PUBLIC", "ALARM FIRM"])
    allow = '[allow]\n"Caller Type" = "a code for how the call came in"'
    brought = bring_in_rows(
        duck, tmp_path / "in", rows, mapped_as("priority", "Caller Type", allow), header=columns
    )
    assert [row["priority"] for row in brought.taken] == ["PUBLIC", "ALARM FIRM"]
    with pytest.raises(signals.MappingError, match="must say why it is not identity"):
        parse_mapping(mapped_as("priority", "Caller Type", '[allow]\n"Caller Type" = "ok"'))


def test_allow_lets_a_column_in_and_not_the_numbers_that_hide_in_it(duck: Engine, tmp_path: Path) -> None:
    """Three rows in five hold a telephone number, under a column that somebody vouched for."""
    values = [f"P{at}, 07700 900{at:03}" if at % 5 < 3 else f"P{at}" for at in range(60)]
    rows, columns = with_column("Caller Type", values)
    allow = '[allow]\n"Caller Type" = "a code for how the call came in"'
    mapping = mapped_as("priority", "Caller Type", allow)
    brought = bring_in_rows(duck, tmp_path / "in", rows, mapping, header=columns)
    assert [row["priority"] for row in brought.taken] == [
        f"P{at}, [telephone removed]" if at % 5 < 3 else f"P{at}" for at in range(60)
    ]
    assert_nowhere(brought, "07700")
    assert brought.report.notes["values of 'Caller Type' with a telephone number or the like, masked"] == 36


def digits(text: str, zero: int) -> str:
    """Text with other digits: `zero` is the code point of their nought."""
    return text.translate({48 + digit: zero + digit for digit in range(10)})


CONTENT = {
    "spaced": [f"07700 900{at:03}" for at in range(40)],
    "bare": [f"07700900{at:03}" for at in range(40)],
    "dashed": [f"07700-900-{at:03}" for at in range(40)],
    "grouped otherwise": [f"077 00 900 {at:03}" for at in range(40)],
    "digit by digit": [" ".join(f"01632960{at:03}") for at in range(40)],
    "with slashes": [f"07700/900/{at:03}" for at in range(40)],
    "+44": [f"+44 7700 900{at:03}" for at in range(40)],
    "+44 (0)": [f"+44 (0)1632 960 {at:03}" for at in range(40)],
    "0044": [f"0044 7700 900{at:03}" for at in range(40)],
    "44": [f"447700900{at:03}" for at in range(40)],
    "landline": [f"(01632) 960{at:03}" for at in range(40)],
    "with an extension": [f"01632 960{at:03} ext 12" for at in range(40)],
    "fullwidth digits": [digits(f"07700 900{at:03}", 0xFF10) for at in range(40)],
    "arabic digits": [digits(f"07700 900{at:03}", 0x660) for at in range(40)],
    "zero-width signs": ["\u200b".join(f"07700900{at:03}") for at in range(40)],
    "no-break blanks": [f"07700\u00a0900\u202f{at:03}" for at in range(40)],
    "odd dashes": [f"07700\u2013900\u2011{at:03}" for at in range(40)],
    "control signs": [f"07700\x01900{at:03}" for at in range(40)],
    "keycaps": ["".join(f"{digit}\ufe0f\u20e3" for digit in f"07700900{at:03}") for at in range(40)],
    "american": [f"(414) 555-01{at:02}" for at in range(40)],
    "american, bare, one town": [f"41455{5 - at % 3}{at * 7919 % 10000:04}" for at in range(400)],
    "60 % of rows": [f"07700 900{at:03}" if at % 5 < 3 else f"P{at}" for at in range(60)],
    "a quarter of rows": [f"07700 900{at:03}" if at % 4 == 0 else f"P{at}" for at in range(60)],
    "the same few values beside": [f"07700 900{at // 8:03}" if at % 8 == 0 else "P1" for at in range(80)],
    "e-mails": [f"someone{at}@example.org" for at in range(40)],
    "e-mails in brackets": [f"<some.one+{at}@mail.example.org>" for at in range(40)],
    "a mixture, each of it little": [
        [f"07700 900{at:03}", f"someone{at}@example.org", f"Mrs Ane {at}", "P1", "P2", f"P{at}"][at % 6]
        for at in range(48)
    ],
    "titles and names": [f"Mr Example{at}" for at in range(40)],
    "National Insurance numbers": [f"QQ {at:02} 34 56 C".replace("QQ", "AB") for at in range(40)],
    "CHI numbers": [f"{1 + at % 28:02}0170 {1000 + at}" for at in range(40)],
    "registrations": [f"ZZ{at:02} ZZZ" for at in range(10, 50)],
    "registrations in small letters": [f"zz{at:02}zzz" for at in range(10, 50)],
    "IMEI": [f"35{at * 7919 + 10**12:013}" for at in range(40)],
    "IP addresses": [f"192.0.2.{at}" for at in range(40)],
    "doors": [f"{at} Kirkgait, ZZ9 {at % 10}ZZ" for at in range(1, 40)],
}  # fmt: skip


@pytest.mark.parametrize(
    ("column", "what"),
    [
        *(("priority", what) for what in CONTENT),
        *(
            (column, "spaced")
            for column in ("incident_id", "kind", "disposal", "larger_area", "place", "text")
        ),
    ],
)
def test_a_column_full_of_it_is_refused_whatever_its_name(
    duck: Engine, tmp_path: Path, column: str, what: str
) -> None:
    values = CONTENT[what]
    rows, columns = with_column("ref2", values)
    with pytest.raises(
        ImportRefused, match=r"'ref2' is full of \S.*Take it out.*\[allow\]: \"ref2\""
    ) as refused:
        bring_in_rows(duck, tmp_path / "in", rows, mapped_as(column, "ref2"), header=columns)
    # Not one of the values is repeated to whoever reads the message.
    assert not any(value in str(refused.value) for value in values if len(value) > 3)
    workspace = tmp_path / ".in-workspace-0"
    assert list(workspace.rglob("*.parquet")) == []


HONEST = {
    "running numbers of a year": [f"2019{at * 7:06}" for at in range(400)],
    "running numbers of two years": [f"{2018 + at // 200}{at:06}" for at in range(400)],
    "running numbers of a day": [f"2507{1 + at // 40:02}{at % 40:04}" for at in range(400)],
    "one long run": [f"{4_711_000_000 + 3 * at}" for at in range(400)],
    "padded with zeros": [f"{at:08}" for at in range(400)],
    "padded with more zeros": [f"{at:010}" for at in range(400)],
    "digests": [f"{at * 2654435761 % 2**48:012x}" for at in range(400)],
    "codes": [f"PS-20190115-{at:04}" for at in range(400)],
    "a few numbers strayed": [f"07700 90000{at}" if at < 4 else f"P{at}" for at in range(400)],
    "grades": ["1", "2", "3", "4", "5"] * 20,
}


@pytest.mark.parametrize("values", HONEST.values(), ids=HONEST.keys())
def test_a_control_room_s_own_numbers_are_no_identity_in_any_order(values: list[str]) -> None:
    for order in (values, values[::-1], [values[at * 7 % len(values)] for at in range(len(values))]):
        assert identity_by_content(pa.array(order)) is None


def test_a_control_room_s_own_numbers_are_taken(duck: Engine, tmp_path: Path) -> None:
    rows = [call(Ref=number) for number in HONEST["running numbers of two years"]]
    assert bring_in_rows(duck, tmp_path / "in", rows).report.accepted == 400


def test_an_id_that_is_a_telephone_number_stays_out_even_alone(duck: Engine, tmp_path: Path) -> None:
    """Too few for the column to be refused. An id is kept as it stands, so such a row cannot be."""
    ids = ["IM-1", "+447700900124", "someone@example.org", "IM-4", "０７７００９００１２５", "2019004711"]
    rows = [call(at, Ref=ref) for at, ref in enumerate(ids)]
    brought = bring_in_rows(duck, tmp_path / "in", rows)
    assert [row["incident_id"] for row in brought.taken] == ["IM-1", "IM-4", "2019004711"]
    assert list(brought.reasons) == [3, 4, 6]
    assert_nowhere(brought, "900124", "900125", "someone", "９００１２５")
    allowed = bring_in_rows(
        duck, tmp_path / "allowed", rows, MAPPING + '[allow]\nRef = "numbers of log books, not telephones"\n'
    )
    assert allowed.report.accepted == len(ids)


def assert_nowhere(brought: BroughtIn, *parts: str) -> None:
    """None of the parts stands in anything that the workspace or the report keeps."""
    everything = repr((brought.taken, brought.refused, brought.report.as_text()))
    for part in parts:
        assert part not in everything


MASKED = [
    ("call back on 07700 900123 after six", "call back on [telephone removed] after six"),
    (
        "rang from 01632 960 999, then +44 1632 960999",
        "rang from [telephone removed], then [telephone removed]",
    ),
    ("mail someone@example.org", "mail [e-mail removed]"),
    ("mail søren@exämple.org please", "mail [e-mail removed] please"),
    ("silver estate ZZ12 ZZZ drove off", "silver estate [registration removed] drove off"),
    ("silver estate zz12zzz drove off", "silver estate [registration removed] drove off"),
    ("outside ZZ9 9ZZ on the corner", "outside ZZ9 9 on the corner"),
    ("NI number AB 12 34 56 C given", "NI number [number removed] given"),
    ("card 4000 1234 5678 9010 used", "card [card number removed] used"),
    ("handset 356789012345678 found", "handset [device number removed] found"),
    ("seen from 192.0.2.44 online", "seen from [device number removed] online"),
    ("tel ０７７００　９００１２３", "tel [telephone removed]"),
    (
        "tel 0\u200b7\u200b7\u200b0\u200b0\u200b9\u200b0\u200b0\u200b1\u200b2\u200b3 ok",
        "tel [telephone removed] ok",
    ),
    ("rang from x07700900123", "rang from [telephone removed]"),
    ("07700900123x is the number", "[telephone removed] is the number"),
    ("tel O77OO 9OO123", "tel [telephone removed]"),
    ("sort code 12-34-56 acc 12345678", "[account removed] [account removed]"),
]


def test_what_identifies_is_masked_in_free_text(duck: Engine, tmp_path: Path) -> None:
    brought = bring_in_rows(
        duck, tmp_path / "in", [call(at, Notes=text) for at, (text, _) in enumerate(MASKED)]
    )
    assert [row["text"] for row in brought.taken] == [kept for _, kept in MASKED]
    notes = brought.report.notes
    assert notes["texts with a telephone number, masked"] == 7
    assert notes["texts with an e-mail address, masked"] == 2


def test_what_identifies_nobody_is_kept_letter_for_letter(duck: Engine, tmp_path: Path) -> None:
    texts = [
        "three youths at 22:15 on 15/01/2019, log 0042",
        "on the A77 at junction 3, lorry on its side",
        "loud music since 2230, flat above the shop",
        "Café \u2013 naïve façade \u00a35 gone \U0001f6a8",
        "between 10 and 12 of them, 2 with bats",
        "at 56.201, -1.803 by the water",
        "seen 01-02-2019 10:30 and again 02.02.2019",
    ]
    brought = bring_in_rows(duck, tmp_path / "in", [call(at, Notes=text) for at, text in enumerate(texts)])
    assert [row["text"] for row in brought.taken] == texts
    assert brought.report.notes == {}


def test_no_other_column_is_a_way_in_either(duck: Engine, tmp_path: Path) -> None:
    number = "07700 900123"
    mapping = mapped_as("priority", "Grade").replace(
        'kind = "Kind"', 'kind = "Kind"\nlarger_area = "Ward"\narea = "Zone"'
    )
    rows = [
        {
            **call(at),
            "Kind": f"NOISE {number}",
            "Street": f"Kirkgait, phone {number}",
            "Disposal": f"NO TRACE {number}",
            "Grade": f"1 {number}",
            "Ward": f"North {number}",
            "Zone": f"X1 {number}",
            "Reported": "05/07/2025 10:00" if at else f"tomorrow {number}",
        }
        for at in range(3)
    ]
    brought = bring_in_rows(duck, tmp_path / "in", rows, mapping, header=(*HEADER, "Grade", "Ward", "Zone"))
    assert brought.report.accepted == 2
    assert_nowhere(brought, "900123")
    assert brought.taken[0]["kind"] == "NOISE [telephone removed]"
    assert brought.report.notes["values of 'Grade' with a telephone number or the like, masked"] == 3
    for file in (tmp_path / ".in-workspace-0").rglob("*"):
        assert not file.is_file() or b"900123" not in file.read_bytes()


def test_a_refused_value_is_masked_and_cut(duck: Engine, tmp_path: Path) -> None:
    rows = [
        call(1, Reported="ask 07700 900123"),
        call(2, Lat="someone@example.org"),
        call(3, Reported="x" * 5000),
        call(4, Reported="half\u200b past\x07 0\u200b7700900123"),
    ]
    brought = bring_in_rows(duck, tmp_path / "in", rows)
    assert [row["value"] for row in brought.refused] == [
        "ask [telephone removed]", "[e-mail removed]", "x" * 200, "half past [telephone removed]",
    ]  # fmt: skip


def test_the_mapped_columns_are_all_that_is_read(duck: Engine, tmp_path: Path) -> None:
    rows, columns = with_column("ref2", [phone(at) for at in range(50)])
    brought = bring_in_rows(duck, tmp_path / "in", rows, header=columns)
    assert brought.report.accepted == 50
    assert_nowhere(brought, "07700")


@settings(max_examples=200)
@given(
    start=st.sampled_from(
        ["07700 900", "07700900", "+44 7700 900", "0044 7700-900-", "(01632) 960", "01632 960"]
    ),
    tail=st.integers(0, 999),
    before=st.text(
        st.characters(exclude_categories=["Nd", "Nl", "No", "Cs"], exclude_characters="+-./_"), max_size=20
    ),
    after=st.text(
        st.characters(exclude_categories=["Nd", "Nl", "No", "Cs", "L", "Mn"], exclude_characters="+-./_"),
        max_size=20,
    ),
    width=st.sampled_from([48, 0xFF10, 0x660, 0x966]),
)  # fmt: skip
def test_a_number_is_masked_wherever_it_stands(
    start: str, tail: int, before: str, after: str, width: int
) -> None:
    text = digits(f"{before} {start}{tail:03} {after}", width)
    masked, counts = mask_identity(pa.array([text]))
    plain = "".join(str(int(sign)) if sign.isdecimal() else "" for sign in masked[0].as_py())
    assert f"{tail:03}" not in plain
    assert "a telephone number" in counts


def test_a_folder_s_import_stops_at_the_first_such_column(duck: Engine, tmp_path: Path) -> None:
    """One file in ten is enough: nothing of the folder gets in."""
    folder = tmp_path / "in"
    folder.mkdir()
    for at in range(9):
        (folder / f"{at}.csv").write_text(as_csv([call(at)]))
    (folder / "z.csv").write_text(as_csv(call(at, Disposal=phone(at)) for at in range(30)))
    with pytest.raises(ImportRefused, match=r"z.csv: the column 'Disposal' is full of telephone numbers"):
        bring_in(duck, folder)
    assert list((tmp_path / ".in-workspace-0").rglob("*.parquet")) == []


def test_an_id_with_a_number_of_a_person_in_it_is_refused(duck: Engine, tmp_path: Path) -> None:
    strays = ["07700900123-17", "07700 900123/17", "jean@example.org-4"]
    rows = [call(at) for at in range(20)] + [call(1, Ref=ref) for ref in strays]
    brought = bring_in_rows(duck, tmp_path / "in", rows)
    assert (brought.report.accepted, len(brought.refused)) == (20, 3)
    full = [call(1, Ref=f"0770090{at:04}-17") for at in range(20)]
    assert bring_in_rows(duck, tmp_path / "full", full).report.accepted == 0
    # Among digests, some that hold only digits look like a telephone number.
    digests = ["447982751767", "444092702766", *(f"{at:02}97fceca9a5" for at in range(60))]
    rows = [call(1, Ref=ref) for ref in [*digests, *strays]]
    assert bring_in_rows(duck, tmp_path / "digests", rows).report.accepted == 62
    # The day and a running number have the shape of a person's number, and are not one.
    days = [call(1, Ref=f"190115-{at:04}") for at in range(20)]
    allowed = MAPPING + '[allow]\nRef = "the day and a running number"\n'
    assert bring_in_rows(duck, tmp_path / "days", days, allowed).report.accepted == 20


def test_a_telephone_number_among_running_numbers_stays_out(duck: Engine, tmp_path: Path) -> None:
    rows = [call(Ref=number) for number in HONEST["running numbers of two years"]]
    rows[17] = call(Ref="07700 900123")
    brought = bring_in_rows(duck, tmp_path / "in", rows)
    assert len(brought.taken) == len(rows) - 1
    assert len(brought.refused) == 1
    assert "telephone" in str(brought.refused[0]["reason"])
