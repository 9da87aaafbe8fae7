"""Makes a site in a folder, with an analyst of the police in it, and prints the key of their session:
`python site_with_analyst.py WORKSPACE`.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[1])]
    from lippen.site.operation.preparing import open_site

    open_site(Path(sys.argv[1]), make=True)
    from django.conf import settings
    from people_factory import make_colleague, make_organisation, signed_in

    police = make_organisation("police", name="Milltown Police")
    client = signed_in(make_colleague(police, "analyst", name="Ailsa Gow"))
    sys.stdout.write(client.cookies[settings.SESSION_COOKIE_NAME].value)
