"""What went wrong, as a sentence on a page, at the field that has to be put right."""

from __future__ import annotations

from django import forms

from lippen.errors import LippenError


class Refusal(LippenError):
    """Something was not done as it was asked. `about` names what was asked for that has to be put right, as
    the service that refuses calls it; "" where it is no one thing.
    """

    about = ""

    def __init__(self, what: str, *, remedy: str | None = None, about: str = "") -> None:
        super().__init__(what, remedy=remedy)
        self.about = about or self.about


def sentence(error: LippenError) -> str:
    """The error with a capital at its head and a full stop at its end."""
    text = str(error).strip()
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith((".", "?", "!")) else ".")


def say_at_field(form: forms.Form, why: Refusal, **called: str) -> None:
    """Lay a refusal at the field it is about, or at the whole form where the form has no such field. `called`
    gives the form's own name of a field where it is not the service's.
    """
    field = called.get(why.about, why.about)
    form.add_error(field if field in form.fields else None, sentence(why))
