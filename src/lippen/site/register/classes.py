"""Classes of data: each model of the site either belongs to one, or says why it holds nothing about a person.

An app declares its classes in `AppConfig.ready`. A model that was declared neither way fails the build
(`checks`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

Erase = Callable[[str], int]
"""Erases everything held under one record's id, whatever was derived from it too; returns how many rows
went.
"""


@dataclass(frozen=True)
class DataClass:
    """One class of personal data.

    `name` is what the permissions and the register call it; `what` says in plain words what it is; `models`
    are the labels (`accounts.Person`) of the models that hold it; `erase` erases one record of it.
    """

    name: str
    what: str
    models: tuple[str, ...]
    erase: Erase


_declared: Final[dict[str, DataClass]] = {}
_impersonal: Final[dict[str, str]] = {}


def declare(data_class: DataClass) -> None:
    """Declare a class of data. Declaring one name twice, or a model in two classes, raises ValueError."""
    if data_class.name in _declared:
        raise ValueError(f"{data_class.name} is declared twice")
    taken = {model for one in _declared.values() for model in one.models} | set(_impersonal)
    if twice := taken & set(data_class.models):
        raise ValueError(f"declared twice: {', '.join(sorted(twice))}")
    _declared[data_class.name] = data_class


def declare_impersonal(models: Iterable[str], why: str) -> None:
    """Say that these models hold nothing about a person, and why that is so."""
    for model in models:
        if model in _impersonal or any(model in one.models for one in _declared.values()):
            raise ValueError(f"declared twice: {model}")
        _impersonal[model] = why


def declared() -> Mapping[str, DataClass]:
    return MappingProxyType(_declared)


def impersonal() -> Mapping[str, str]:
    return MappingProxyType(_impersonal)
