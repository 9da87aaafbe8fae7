"""A linear-chain conditional random field over words, by `pycrfsuite`.

The method is that of Lafferty, McCallum and Pereira (2001, ICML). It is trained by L-BFGS with both
penalties, so that most of the many features weigh nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import pycrfsuite
from numpy.typing import NDArray

from lippen.trade.span_features import Features
from lippen.trade.span_tokens import Label

Floats = NDArray[np.float64]

_SETTINGS: Final = {"c1": 0.1, "c2": 0.1, "max_iterations": 60, "feature.possible_transitions": True}


class Read:
    """The features of one text's words, held as the library reads them: several chains share them."""

    def __init__(self, features: Sequence[Features]) -> None:
        self.items: Any = pycrfsuite.ItemSequence(features)
        self._length = len(features)

    def __len__(self) -> int:
        return self._length


class Tagger:
    """A trained chain. It is a string of bytes, and the same for the same texts in the same order."""

    def __init__(self, model: bytes) -> None:
        self._model = model
        self._opened: Any = pycrfsuite.Tagger()
        self._opened.open_inmemory(model)
        self._labels = frozenset(self._opened.labels())

    def __reduce__(self) -> tuple[type[Tagger], tuple[bytes]]:
        return type(self), (self._model,)

    @classmethod
    def trained(cls, texts: Iterable[tuple[Read, Sequence[Label]]]) -> Tagger:
        """Learn from texts and the labels of their words."""
        trainer: Any = pycrfsuite.Trainer(verbose=False)
        trainer.set_params(_SETTINGS)
        for read, labels in texts:
            if labels:
                trainer.append(read.items, labels)
        with TemporaryDirectory() as folder:  # the library hands a model over as a file only
            file = Path(folder) / "model"
            trainer.train(str(file))
            return cls(file.read_bytes())

    def shares(self, read: Read) -> Floats:
        """For each word how likely it begins a span, and how likely it goes on with one: two columns."""
        shares = np.zeros((len(read), 2))
        if len(read):
            self._opened.set(read.items)
            for column, label in enumerate(("B", "I")):
                if label in self._labels:
                    shares[:, column] = [self._opened.marginal(label, at) for at in range(len(read))]
        return shares
