"""Notes with planted campaigns: copies of one script, some words changed, among notes that are unrelated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.call_text import FAMILY_NAMES, call_texts

NOISE = (0.0, 0.05, 0.10, 0.20)
"""How likely each word of a copy is another one; the campaigns are shared out evenly over these."""

QUALITY_BY_NOISE = tuple(f"words changed {noise:.0%}" for noise in NOISE)
"""The names under which `Campaigns.quality` gives the share found at each level of noise."""


@dataclass(frozen=True)
class Campaigns:
    """`texts` in random order, the `campaign` of each (-1 for none), and the `noise` of each campaign."""

    texts: list[str]
    campaign: npt.NDArray[np.int64]
    noise: npt.NDArray[np.float64]
    copies: int

    def quality(self, earlier: npt.NDArray[np.int64], later: npt.NDArray[np.int64]) -> dict[str, float]:
        """How good the pairs found are: `earlier` and `later` are their rows, each pair once.

        Gives the share of all pairs within a campaign that was found, in all and for each level of noise, and
        of the pairs found the share that is within one. Raises ValueError when a pair comes twice.
        """
        pairs = np.minimum(earlier, later) * len(self.texts) + np.maximum(earlier, later)
        if len(np.unique(pairs)) < len(pairs):
            raise ValueError("a pair was counted twice")
        same = (self.campaign[earlier] == self.campaign[later]) & (self.campaign[later] >= 0)
        found = np.bincount(self.campaign[later[same]], minlength=len(self.noise))
        share = found / (self.copies * (self.copies - 1) // 2)
        by_noise = {
            name: float(share[self.noise == noise].mean())
            for name, noise in zip(QUALITY_BY_NOISE, NOISE, strict=True)
        }
        planted = float(same.mean()) if len(same) else 0.0
        return {"planted pairs found": float(share.mean()), **by_noise, "of pairs found, planted": planted}


def planted_campaigns(texts: int, campaigns: int, copies: int, seed: int) -> Campaigns:
    """So many texts, of which `campaigns` times `copies` follow a script. The same for the same seed."""
    rng = np.random.default_rng(seed)
    unrelated = texts - campaigns * copies
    families = rng.integers(0, len(FAMILY_NAMES), unrelated + campaigns)
    notes: list[str] = call_texts(families, seed).to_pylist()
    scripts = notes[unrelated:]
    vocabulary = sorted({word for note in notes[:20_000] for word in note.split()})
    noise = np.array(NOISE)[np.arange(campaigns) % len(NOISE)]
    planted = []
    for script, rate in zip(scripts, noise, strict=True):
        words = script.split()
        for _ in range(copies):
            changed = rng.random(len(words)) < rate
            others = rng.integers(0, len(vocabulary), len(words))
            planted.append(
                " ".join(vocabulary[o] if c else w for w, c, o in zip(words, changed, others, strict=True))
            )
    order = rng.permutation(texts)
    everything = notes[:unrelated] + planted
    campaign = np.concatenate([np.full(unrelated, -1), np.repeat(np.arange(campaigns), copies)])
    return Campaigns([everything[row] for row in order], campaign[order], noise, copies)
