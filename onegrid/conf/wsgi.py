"""WSGI entry point: requests are one transaction each, so synchronous workers fit best."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onegrid.conf.settings")

application = get_wsgi_application()
