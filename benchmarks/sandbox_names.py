"""Names and addresses of people who do not exist: the sandbox's words gathered by index, beside Faker.

A record is a name that fits sex and age, a house number and street, a postcode and a telephone number. Faker
knows no age, so its names fit the sex alone.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from faker import Faker

from benchmarks.interleaved import interleaved
from benchmarks.report import Finding, Row
from lippen.sandbox import naming
from lippen.sandbox.people_names import age_bands, full_names

RECORDS: Final = 1_000_000
FAKED: Final = 10_000
OF_A_BURGH: Final = 25_000


def run(repeats: int, records: int = RECORDS, faked: int = FAKED) -> Finding:
    """Time so many records by Lippen and fewer by Faker, whose time goes with their number.

    Raises ValueError when a record of either lacks something.
    """
    by_lippen(OF_A_BURGH, seed=0)  # the words read before the clock runs
    timed = interleaved(
        {
            "Lippen": partial(by_lippen, records, seed=1),
            "Faker": partial(by_faker, faked, seed=1, weighted=True),
            "Faker, every name as likely": partial(by_faker, faked, seed=1, weighted=False),
        },
        repeats,
    )
    rows: list[Row] = []
    fastest = records / timed["Lippen"].median
    for name, run_of in timed.items():
        made = run_of.result
        if made.num_rows != (records if name == "Lippen" else faked) or not all_filled(made):
            raise ValueError(f"a record of {name} lacks something")
        rate = made.num_rows / run_of.median
        rows.append(
            {
                "program": name,
                "records": made.num_rows,
                "seconds": run_of.median,
                "records a second": rate,
                "Lippen's rate over this": fastest / rate,
                f"different names in {faked:,}": len(pc.unique(made["name"].slice(0, faked))),
            }
        )
    return Finding(
        title="Names and addresses of people who do not exist",
        what="A name, a house number and street, a postcode and a telephone number for each. Lippen gathers "
        "them from its own words by index, as its sandbox does; Faker puts each together from British ones.",
        columns={
            "program": "",
            "records": ",",
            "seconds": ".2f",
            "records a second": ",.0f",
            "Lippen's rate over this": ",.0f",
            f"different names in {faked:,}": ",",
        },
        rows=rows,
        repeats=repeats,
        packages=["faker", "numpy", "pyarrow"],
        notes=[
            "Lippen's names fit age and sex, its street and postcode belong together, and neither is a real "
            "one. Faker's names fit the sex, and its postcodes may be real.",
            "Both draw common names more often than rare ones, unless Faker is told not to.",
        ],
    )


def by_lippen(records: int, seed: int) -> pa.Table:
    """Records burgh by burgh, as the sandbox names the people of one after another."""
    draw = np.random.default_rng(seed)
    parts = [
        _of_burgh(burgh, min(OF_A_BURGH, records - begin), draw)
        for burgh, begin in enumerate(range(0, records, OF_A_BURGH))
    ]
    return pa.concat_tables(parts)


def _of_burgh(burgh: int, records: int, draw: np.random.Generator) -> pa.Table:
    streets = naming.names_of(burgh).streets
    blocks = naming.POSTCODES_PER_BURGH // len(streets)
    of_block = pa.array([of_area[block % len(of_area)] for of_area in streets for block in range(blocks)])
    block = draw.integers(0, len(of_block), records)
    number = pa.array(draw.integers(1, 120, records)).cast(pa.string())
    band = age_bands(draw.integers(1930, 2020, records))
    return pa.table(
        {
            "name": full_names(band, draw.integers(0, 2, records), draw.random((records, 2))),
            "address": pc.binary_join_element_wise(number, of_block.take(pa.array(block)), " "),
            "postcode": naming.postcodes(burgh, block),
            "phone": naming.phones(draw.random(records)),
        }
    )


def by_faker(records: int, seed: int, weighted: bool) -> pa.Table:
    """The same from Faker, one after another."""
    fake: Any = Faker("en_GB", use_weighting=weighted)
    fake.seed_instance(seed)
    sexes = np.random.default_rng(seed).integers(0, 2, records).tolist()
    made = [
        (
            f"{fake.first_name_male()} {fake.last_name()}"
            if sex
            else f"{fake.first_name_female()} {fake.last_name()}",
            f"{fake.building_number()} {fake.street_name()}",
            fake.postcode(),
            fake.phone_number(),
        )
        for sex in sexes
    ]
    columns = [pa.array(column) for column in zip(*made, strict=True)]
    return pa.table(columns, names=["name", "address", "postcode", "phone"])


def all_filled(records: pa.Table) -> bool:
    """Whether every record has a name of two words, an address of two, a postcode and a telephone number."""
    return all(
        column.null_count == 0 and pc.all(pc.match_substring_regex(column, r"^\S+ .*\S$")).as_py()
        for column in (records[name] for name in ("name", "address", "postcode"))
    ) and bool(pc.all(pc.match_substring_regex(records["phone"], "[0-9]{4}")).as_py())
