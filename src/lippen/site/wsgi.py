"""What the web workers serve."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from lippen.site.operation.bodies import waiting_for_few
from lippen.site.operation.proxy import Application, believing_a_proxy
from lippen.site.process_tree import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lippen.site.settings")
end_with_parent()
application: Application = waiting_for_few(get_wsgi_application())
if settings.CONFIGURATION.proxy:
    application = believing_a_proxy(application)
