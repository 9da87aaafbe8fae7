"""Signs an analyst of the police in to a site, and prints the key of their session; the first time it makes
them: `python -m site_with_analyst WORKSPACE`.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[1])]
    from lippen.site.operation.starting import start_site

    start_site(Path(sys.argv[1]))
    from django.conf import settings
    from people_factory import make_colleague, make_organisation, signed_in

    from lippen.site.accounts.models import Person

    analyst = Person.objects.filter(name="Ailsa Gow").first()
    if analyst is None:
        police = make_organisation("police", name="Milltown Police")
        analyst = make_colleague(police, "analyst", name="Ailsa Gow")
    client = signed_in(analyst)
    sys.stdout.write(client.cookies[settings.SESSION_COOKIE_NAME].value)
