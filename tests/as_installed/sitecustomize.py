"""Python as it is where the program alone is installed: what only an extra brings is not found.

What tests start of the program runs with this folder on PYTHONPATH, so that nothing comes to need more than
`requirements.lock` installs. It is quicker too: wherever pandas is found, Arrow loads it, which took a third
of the processor time of a web worker's start.
"""

from __future__ import annotations

import sys

EXTRAS = ("pandas", "pyspark")


class NotInstalled:
    """Says of what an extra brings that it is not there."""

    def find_spec(self, fullname: str, *_: object) -> None:
        if fullname.partition(".")[0] in EXTRAS:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)


sys.meta_path.insert(0, NotInstalled())
