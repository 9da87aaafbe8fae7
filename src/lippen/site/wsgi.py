"""What the web workers serve."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from lippen.site.operation.process_tree import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lippen.site.settings")
end_with_parent()
application = get_wsgi_application()
if settings.CONFIGURATION.proxy:
    from granian.utils.proxies import wrap_wsgi_with_proxy_headers

    # Only a proxy on this machine is believed about who asks and whether by HTTPS.
    application = wrap_wsgi_with_proxy_headers(application, ["127.0.0.1", "::1"])
