"""What becomes of files that somebody sends to a page which takes none: nothing is written anywhere."""

from __future__ import annotations

from typing import Any, NoReturn

from django.core.files.uploadhandler import FileUploadHandler, StopUpload


class NoFiles(FileUploadHandler):
    """Stops reading at the first file. The fields before it are read as ever."""

    def new_file(self, *_: Any, **__: Any) -> NoReturn:
        raise StopUpload(connection_reset=True)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Never reached: no file is ever begun."""

    def file_complete(self, file_size: int) -> None:
        """Never reached either."""
