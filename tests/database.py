"""Early plugin: starts a throw-away PostgreSQL before Django reads its settings.

Loaded by ``-p tests.database`` so that it runs before any conftest; workers of xdist inherit the
environment of the controller and start nothing.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_OUTSIDE = "ONEGRID_TEST_DATABASE_URL"


def _start() -> None:
    from onegrid.runtime.config import OWNER
    from onegrid.runtime.postgres import Cluster

    var = Path(tempfile.mkdtemp(prefix="onegrid-test-"))
    var.chmod(0o711)  # a server started by root runs as a user of its own
    atexit.register(shutil.rmtree, var, ignore_errors=True)
    cluster = Cluster(var, durable=False)
    cluster.start()
    atexit.register(cluster.stop)
    cluster.create_roles_and_database()
    os.environ["ONEGRID_DATABASE_URL"] = cluster.url()
    os.environ["ONEGRID_DATABASE_OWNER_URL"] = cluster.url(OWNER)
    (var / "static").mkdir()
    os.environ["ONEGRID_VAR"] = str(var)


if "PYTEST_XDIST_WORKER" not in os.environ:
    if _OUTSIDE in os.environ:
        os.environ["ONEGRID_DATABASE_URL"] = os.environ[_OUTSIDE]
        os.environ.setdefault("ONEGRID_VAR", tempfile.mkdtemp(prefix="onegrid-test-"))
    else:
        _start()
    # Playwright leaves an event loop running; Django would take every later test for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    os.environ["ONEGRID_SECRET_KEY"] = "only-for-tests-" + "x" * 40
