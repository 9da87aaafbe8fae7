"""Every sort of dirt that one row can hold, with what an import must make of it."""

from __future__ import annotations

from lippen.sandbox.dirt import wrong_marks, wrong_values
from lippen.sandbox.dirt.row import DUPLICATE, QUARANTINED, READ, Sort

SORTS: tuple[Sort, ...] = (
    Sort("a day that does not exist", QUARANTINED, wrong_values.no_such_day),
    Sort("a time that the clocks skipped", QUARANTINED, wrong_values.skipped_hour),
    Sort("a time that was there twice", READ, wrong_values.doubled_hour),
    Sort("words for a time", QUARANTINED, wrong_values.words_for_a_time),
    Sort("a day far in the future", QUARANTINED, wrong_values.far_future),
    Sort("a day far in the past", QUARANTINED, wrong_values.far_past),
    Sort("an empty cell that may not be empty", QUARANTINED, wrong_values.empty_cell),
    Sort("words for a number", QUARANTINED, wrong_values.no_number),
    Sort("neither yes nor no", QUARANTINED, wrong_values.neither_yes_nor_no),
    Sort("coordinates swapped", QUARANTINED, wrong_values.swapped),
    Sort("coordinates outside the box", QUARANTINED, wrong_values.outside),
    Sort("half a coordinate", QUARANTINED, wrong_values.half),
    Sort("too few cells", QUARANTINED, wrong_marks.too_few),
    Sort("too many cells", QUARANTINED, wrong_marks.too_many),
    Sort("a line break in a text", READ, wrong_marks.line_break),
    Sort("a zero byte", QUARANTINED, wrong_marks.zero_byte),
    Sort("a formula for a text", READ, wrong_marks.formula),
    Sort("bytes that are not UTF-8", READ, wrong_marks.other_bytes),
    Sort("a row twice", DUPLICATE, wrong_marks.twice),
    Sort("an id twice with other content", QUARANTINED, wrong_marks.same_id),
    Sort("a stray quotation mark", QUARANTINED, wrong_marks.stray_mark),
    Sort("a quotation mark never closed", QUARANTINED, wrong_marks.never_closed, guarded=True),
    Sort("a telephone number in a text", READ, wrong_marks.telephone_in_text),
    Sort("a telephone number for an id", QUARANTINED, wrong_values.telephone_for_id),
    Sort("blanks around a cell", READ, wrong_marks.blanks),
    Sort("a blank line before the row", READ, wrong_marks.blank_line),
    Sort("a line beyond belief", QUARANTINED, wrong_marks.beyond_belief, once=True),
)
