"""How adverts are written: menus, one line, mostly signs, or a shop window of the dark web."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lippen.sandbox.chance import Floats, Ints, Mask
from lippen.sandbox.parameters import by_name
from lippen.sandbox.streams.adverts import HANDS, Pieces
from lippen.sandbox.streams.frames import Frames, parted
from lippen.sandbox.streams.trade_words import amounts, lexicon_frames, prices_as_written, signs_for
from lippen.sandbox.streams.wares import Wares

_FRAMES = ("menu_lines", "one_lines", "sign_lines", "dark_titles")  # by hand

_WHOLE = Frames(
    [
        "{o} // {l}\n{c}\n{n}",
        "{o} // {l}\n{c}",
        "{l}, {n}",
        "{l}",
        "{t} // {b}",
        "{t} // {b} {n}",
    ]
)


def shown(pieces: Pieces, place: str) -> Mask:
    """The pieces whose lines show a word (`w`) or a sign (`e`)."""
    frames = lexicon_frames("adverts")
    opens = [frames[name].opens(frames[name].any(pieces.dice[:, 5]), place) for name in _FRAMES]
    return np.asarray(np.choose(pieces.hand, opens))


def texts_of(wares: Wares, pieces: Pieces, contact: pa.StringArray) -> tuple[pa.StringArray, pa.StringArray]:
    """Heading and body of each piece; `contact` is a handle or a number, which half of them name."""
    rows, line = np.nonzero(pieces.offered)
    hand = pieces.hand[rows]
    frames = lexicon_frames("adverts")
    words = pa.array(wares.words)
    put = {
        "w": words.take(pa.array(pieces.word[rows, line])),
        "e": signs_for(wares, pieces.sign[rows, line]),
        "q": amounts(wares, pieces.product[rows, line], pieces.quantity[rows, line], pieces.dice[rows, 3]),
        # In a shop window of the dark web a price is written in one way, the first.
        "p": prices_as_written(
            pieces.price[rows, line], np.where(hand == HANDS.index("dark web"), 0.0, pieces.dice[rows, 4])
        ),
        "d": frames["decorations"].fill(
            frames["decorations"].any(
                (pieces.edition_dice[rows, 2] + 0.31 * (pieces.version[rows] == 1)) % 1.0
            )
        ),
    }
    lines = pa.nulls(len(rows), pa.string())
    for at, name in enumerate(_FRAMES[:3]):
        lines = pc.if_else(
            pa.array(hand == at), frames[name].fill(frames[name].any(pieces.dice[rows, 5]), **put), lines
        )
    title = frames[_FRAMES[3]].fill(frames[_FRAMES[3]].any(pieces.dice[rows, 5]), **put)
    about = frames["dark_bodies"].fill(frames["dark_bodies"].any(pieces.dice[rows, 6]), **put)
    first = np.flatnonzero(line == 0)
    starts = np.append(first, len(rows)).astype(np.int32)
    joined = pc.binary_join(pa.ListArray.from_arrays(pa.array(starts), lines.fill_null("")), "\n")
    return set_out(
        pieces.hand,
        pieces.dice,
        lines=joined,
        opening=frames["openings"].fill(frames["openings"].any(pieces.dice[:, 7])),
        closing=frames["closings"].fill(frames["closings"].any(pieces.dice[:, 8])),
        title=title.take(pa.array(first)),
        about=about.take(pa.array(first)),
        contact=contact,
    )


def set_out(
    hand: Ints,
    dice: Floats,
    *,
    lines: pa.StringArray,
    opening: pa.StringArray,
    closing: pa.StringArray,
    title: pa.StringArray,
    about: pa.StringArray,
    contact: pa.StringArray,
) -> tuple[pa.StringArray, pa.StringArray]:
    """Heading and body of each text: who has something to sell and who has not set it out in the same ways.

    `hand` is of HANDS, `dice` (text by 12) those of Pieces.
    """
    contacts = lexicon_frames("adverts")["contacts"]
    named = contacts.fill(contacts.any(dice[:, 9]), c=contact)
    naming = by_name("listing.named")
    how = np.select(
        [hand == HANDS.index("dark web"), hand == HANDS.index("one line")],
        [
            np.where(dice[:, 10] < naming["dark_web"], 5, 4),
            np.where(dice[:, 10] < naming["one_line"], 2, 3),
        ],
        np.where(dice[:, 10] < naming["menu"], 0, 1),
    )
    texts = _WHOLE.fill(how, o=opening, l=lines, c=closing, n=named, t=title, b=about)
    return parted(texts)
