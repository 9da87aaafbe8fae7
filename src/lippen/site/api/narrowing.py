"""What narrows the register, as a program asks it: the same as on its page, and one record."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from ninja import Schema
from pydantic import BeforeValidator, Field

from lippen.site.accounts import own_account
from lippen.site.register.selectors import Question


def _written_out(day: object) -> object:
    """Else a bare number would be taken for a day of 1970."""
    if isinstance(day, str) and not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", day):
        raise ValueError("write a day as 2026-11-26")
    return day


Day = Annotated[date, BeforeValidator(_written_out)]
_Act = Literal["consultation", "alteration", "disclosure", "combination", "erasure"]
_Reference = Annotated[str, Field(max_length=64, pattern="^[a-z0-9-]*$")]


class Narrowed(Schema):
    """What a program asks the register for. What is left out limits nothing."""

    since: Day | None = Field(None, description="The first day, as 2026-11-26, by the site's own clock.")
    until: Day | None = Field(None, description="The last day, which is included.")
    act: _Act | None = Field(None, description="What was done.")
    name: str = Field("", max_length=120, description="A part of the name of whoever did it.")
    reader: _Reference = Field("", description="The reference of whoever did it.")
    organisation: _Reference = Field("", description="The reference of the organisation it was done for.")
    data_class: str = Field(
        "", max_length=64, pattern="^[a-z-]*$", description="The class of data it was done with, as staff."
    )
    record: str = Field(
        "",
        max_length=129,
        pattern="^([a-z-]+:[a-z0-9-]+)?$",
        description="Entries that show this record: its class and its reference, as staff:abcdefgh23456789.",
    )
    but_own: bool = Field(False, description="Leave out what is about keeping one's own account.")

    def question(self) -> Question:
        """The question as the register's reader takes it."""
        of_record, _, record = self.record.partition(":")
        return Question(
            reader=self.reader,
            name=self.name,
            act=self.act or "",
            but_purpose=own_account.PURPOSE if self.but_own else "",
            organisation=self.organisation,
            data_class=of_record or self.data_class,
            record=record,
            since=self.since,
            until=self.until,
        )
