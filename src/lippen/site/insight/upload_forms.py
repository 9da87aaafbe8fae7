"""What people fill in of an upload: its files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from lippen.site.insight.kinds import BroughtIn


class SeveralFiles(forms.ClearableFileInput):
    """A box that takes several files, whether dropped on it or chosen."""

    allow_multiple_selected = True


class Upload(forms.Form):
    """The files of an upload. What becomes of them is seen while they come in (`receiving`)."""

    exports = forms.FileField(
        widget=SeveralFiles,
        help_text="Drop one or more files here, or choose them.",
    )

    def __init__(self, kind: BroughtIn, given: Mapping[str, Any] | None = None) -> None:
        super().__init__(given)
        self.fields["exports"].label = kind.file
