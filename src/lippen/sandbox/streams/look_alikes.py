"""What uses the words and signs of the trade and sells nothing of it: recovery, news, food, everyday talk.

The invariant: such a post comes from its own numbers and the words of its day alone, stands in the same
collections as adverts do, and is posted again in the days after, as adverts are. On the dark web it is a shop
of food or of a pharmacy: what else people post would stand out there by having nothing to send.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lippen.sandbox.chance import Floats, Ints, drawn_by
from lippen.sandbox.groups import CHANNELS
from lippen.sandbox.parameters import number
from lippen.sandbox.streams.frames import Frames, parted
from lippen.sandbox.streams.trade_words import lexicon_frames, prices_as_written, signs_for
from lippen.sandbox.streams.wares import Wares, shares, trade_lexicon
from lippen.sandbox.world import World

CLASSES = ("recovery", "harm_reduction", "news", "lyric", "food", "pharmacy", "everyday")
_OFTEN = np.array([0.14, 0.14, 0.12, 0.1, 0.2, 0.1, 0.2])
_SHOPS = np.isin(CLASSES, ("food", "pharmacy"))
_PIECES = np.array([5, 6, 10, 12, 24, 50])
_PRICES = np.log([6.0, 90.0])
_BEFORE = 60  # days before the first on which posts were first put up


@dataclass(frozen=True)
class Posts:
    """Different posts, in the order in which they were first put up.

    `sort` (index of CLASSES), `listed` (place in LISTED), `word` and `sign` of what the post speaks of,
    `dice` (post by 9).
    """

    sort: Ints
    listed: Ints
    word: Ints
    sign: Ints
    dice: Floats

    def __len__(self) -> int:
        return len(self.sort)

    @property
    def price(self) -> Floats:
        """GBP asked by the shops of the dark web, and 0 of all others."""
        low, high = _PRICES
        return np.asarray(np.round(np.exp(low + (high - low) * self.dice[:, 4]), 2) * self.listed)

    @property
    def pieces(self) -> Floats:
        """How many pieces are asked for that."""
        return _PIECES[(self.dice[:, 3] * len(_PIECES)).astype(np.int64)].astype(np.float64)


def posts_of(world: World, wares: Wares, per_year: float) -> Posts:
    """The different posts of a burgh over the days; `per_year` is how many listings they make."""
    n = max(1, int(np.ceil(per_year * (world.days + _BEFORE) / 365.25 / number("listing.look_alike_copies"))))
    dice = world.draw("listings", "posts").random((n, 15))
    day = np.maximum(((np.arange(n) + dice[:, 0]) / n * (world.days + _BEFORE)).astype(np.int64) - _BEFORE, 0)
    listed = (dice[:, 1] < number("listing.dark_web")).astype(np.int64)
    product = drawn_by(shares(wares, "social") ** 0.6, dice[:, 2])
    # Who warns or jokes uses the words of the street, wherever it is posted.
    channel = np.full(n, CHANNELS.index("social"))
    return Posts(
        sort=np.where(listed == 1, drawn_by(_OFTEN * _SHOPS, dice[:, 3]), drawn_by(_OFTEN, dice[:, 3])),
        listed=listed,
        word=wares.word(product, channel, np.zeros(n, dtype=np.bool_), day, dice[:, 4]),
        sign=wares.word(product, channel, np.ones(n, dtype=np.bool_), day, dice[:, 5]),
        dice=dice[:, 6:],
    )


def posted(posts: Posts, world: World, day: Ints, uniform: Floats) -> Ints:
    """Which post each listing is of: one put up in the days before, the later the likelier."""
    before = -np.log1p(-0.999 * uniform) * 14
    at = (day - before + _BEFORE) / (world.days + _BEFORE) * len(posts)
    return np.asarray(np.clip(at.astype(np.int64), 0, len(posts) - 1))


@lru_cache
def _frames() -> tuple[Frames, Ints, Ints]:
    """The frames of all classes on end, with the first line and the number of lines of each class, on social
    media and on the dark web (where most have none)."""
    known = trade_lexicon()["look_alikes"]
    told = [room.get(name, []) for room in (known, known["dark_web"]) for name in CLASSES]
    counts = np.array([len(one) for one in told])
    first = np.cumsum(counts) - counts
    return Frames([line for one in told for line in one]), first, counts


def post_texts(wares: Wares, posts: Posts) -> tuple[pa.StringArray, pa.StringArray]:
    """Heading and body of each post."""
    frames, first, count = _frames()
    group = posts.sort + len(CLASSES) * posts.listed
    line = first[group] + (posts.dice[:, 0] * count[group]).astype(np.int64)
    decorations = lexicon_frames("adverts")["decorations"]
    everyday = pa.array(trade_lexicon()["new"]["everyday"])
    texts = frames.fill(
        frames.pick(line, posts.dice[:, 1]),
        w=pa.array(wares.words).take(pa.array(posts.word)),
        e=signs_for(wares, posts.sign),
        d=decorations.fill(decorations.any(posts.dice[:, 2])),
        q=pc.binary_join_element_wise(pa.array(posts.pieces.astype(np.int64)).cast(pa.string()), "pcs", " "),
        p=prices_as_written(posts.price, np.zeros(len(posts))),
        v=everyday.take(pa.array((posts.dice[:, 3] * len(everyday)).astype(np.int64))),
    )
    return parted(texts)
