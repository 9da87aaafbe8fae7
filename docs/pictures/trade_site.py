"""Makes a site over a workspace that holds the trade of the town that does not exist, with an analyst of the
fictional partner that holds it, and prints the key of their session: `python trade_site.py WORKSPACE`.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, "tests/site")
    from lippen.site.operation.preparing import open_site

    open_site(Path(sys.argv[1]), make=True)
    from django.conf import settings
    from people_factory import make_colleague, make_organisation, signed_in

    from lippen.site.insight.holding import hold_for

    holder = make_organisation("community-group", name="Invermarrow Watch, which does not exist")
    hold_for(holder.ref, "trade")
    client = signed_in(make_colleague(holder, "analyst", name="Ailsa Gow"))
    sys.stdout.write(client.cookies[settings.SESSION_COOKIE_NAME].value)
