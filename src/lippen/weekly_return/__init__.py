"""A week of the trade in the shape of what the national drug-alert service asks for, one row a substance.

statement = read_statement(Path("return.toml"))
made = make_return(Path("workspace"), statement)
write_return(made, Path("out/return"))

The shape is our reading of what is publicly known; nobody at the service has checked it. There is no patient,
seller, contact or count below five in it, and two people stand for it by their roles.
"""

from lippen.weekly_return.rows import Return, ReturnRow, make_return
from lippen.weekly_return.statement import Note, ReturnRefused, Statement, read_statement
from lippen.weekly_return.writing import write_return

__all__ = [
    "Note",
    "Return",
    "ReturnRefused",
    "ReturnRow",
    "Statement",
    "make_return",
    "read_statement",
    "write_return",
]
