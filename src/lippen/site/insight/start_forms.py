"""What people fill in before an export is brought in: what they see in its texts, and that they know."""

from __future__ import annotations

from django import forms
from django.http import QueryDict


class Texts(forms.Form):
    """What somebody sees in a sample of the texts, that they know what is cut, that a collection is held by
    the right that was said, and where its clock is in `doubt`, that it is right. `shown` is the digest of
    what this page shows, which is not that of a page opened before.

    Texts that an import can do without may be left out of it (`can_go`). Where they are what it consists of,
    nothing is brought in before those that name somebody are out of the file.
    """

    NOBODY, SOMEBODY = "nobody", "somebody"

    texts = forms.ChoiceField(
        label="Does any of these texts name somebody, or say who somebody is or where they live?",
        widget=forms.RadioSelect,
        error_messages={"required": "Read the sample of texts, and answer."},
    )
    cut = forms.BooleanField(
        label="I have seen what is left out and masked",
        error_messages={"required": "Look at what is left out and masked, and tick this."},
    )
    right = forms.BooleanField(
        label="My organisation holds this collection by the right that stands above, and until that day",
        error_messages={"required": "Check by what right it is held, and tick this."},
    )
    clock = forms.BooleanField(
        label="Its times are by the clock that was chosen, though its places lie elsewhere",
        error_messages={"required": "Ask whoever made the export whose clock its times are, and tick this."},
    )
    shown = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        given: QueryDict | None = None,
        *,
        texts: bool,
        doubt: bool,
        right: bool,
        can_go: bool,
        shown: str,
    ) -> None:
        if given is not None:
            given = given.copy()
            given["shown"] = shown
        super().__init__(given, initial={"shown": shown})
        self._can_go = can_go
        field = self.fields["texts"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - it is declared above
        field.choices = [
            (self.NOBODY, "No, I read them and found nobody"),
            (
                self.SOMEBODY,
                "Yes, or I am not sure: leave all texts out"
                if can_go
                else "Yes, or I am not sure: bring nothing in yet",
            ),
        ]
        for name, asked in (("texts", texts), ("clock", doubt), ("right", right)):
            if not asked:
                del self.fields[name]

    def clean_texts(self) -> str:
        answer: str = self.cleaned_data["texts"]
        if answer == self.SOMEBODY and not self._can_go:
            raise forms.ValidationError(
                "Nothing was brought in. Take the rows that name somebody out of the file, and upload it"
                " anew.",
                code="named",
            )
        return answer
