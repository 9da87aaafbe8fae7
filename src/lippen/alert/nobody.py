"""Words that lead to nobody, from `nobody.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files


@cache
def nobodys() -> dict[str, frozenset[str]]:
    """What may stand `after_from`, `after_asking` and `with_a_capital`, in small letters."""
    told = tomllib.loads(files(__package__).joinpath("nobody.toml").read_text(encoding="utf-8"))
    words = {name: frozenset(text.split()) for name, text in told.items()}
    both = words.pop("after_both")
    return {
        **words,
        "after_from": words["after_from"] | both,
        "after_asking": words["after_asking"] | both,
    }
