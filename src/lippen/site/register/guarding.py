"""Whether the triggers stand that refuse every change to the register, and putting them up again."""

from __future__ import annotations

from django.db import transaction

from lippen.errors import LippenError
from lippen.site.register.dialects import dialect
from lippen.site.register.models import Act
from lippen.site.register.services import SYSTEM, Reader, enter_change
from lippen.site.register.stored_form import expected_columns


class ForeignTrigger(LippenError):
    """Somebody gave a table of the site a trigger of their own."""


def trigger_faults() -> list[str]:
    """What of the triggers is missing, altered or not the program's, each in words; [] when all stand."""
    return dialect().trigger_faults()


def table_faults() -> list[str]:
    """What is wrong with the register's tables themselves, each in words: one that is a view, say, or hides
    rows.
    """
    return dialect().table_faults(expected_columns())


def guard(reader: Reader = SYSTEM) -> list[str]:
    """Put the program's triggers up again, and enter that it was needed. Returns what was put right.

    Raises ForeignTrigger, and changes nothing, when there is one besides: only the owner of the database
    knows what it is for.
    """
    append_only = dialect()
    with transaction.atomic(), append_only.nobody_signs():
        faults = append_only.trigger_faults()
        if not faults:
            return []
        append_only.take_down_triggers()
        append_only.put_up_triggers()
        if left := append_only.trigger_faults():
            raise ForeignTrigger(
                f"in this database {left[0]}",
                remedy="Ask who made it, and drop it in the database; then run lippen register guard again.",
            )
        enter_change(
            reader,
            Act.ALTERATION,
            "the triggers that guard the register",
            [],
            purpose=f"to put right that {faults[0]}"[:400],
        )
    return faults
