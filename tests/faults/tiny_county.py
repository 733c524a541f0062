"""Runs the embedded cluster, the tiny application and an idle worker under the supervisor."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from onegrid.commands.services import environment, web
from onegrid.runtime import database
from onegrid.runtime.exits import Refused
from onegrid.runtime.lock import Lock
from onegrid.runtime.paths import ROOT
from onegrid.runtime.postgres import Cluster
from onegrid.runtime.service import Service
from onegrid.runtime.supervisor import Supervisor

TABLE = """
CREATE TABLE IF NOT EXISTS kept (key text PRIMARY KEY, tries int NOT NULL DEFAULT 1);
GRANT SELECT, INSERT, UPDATE ON kept TO onegrid_app;
"""


def say(text: str) -> None:
    print(text, flush=True)


def main(var: Path, port: int) -> None:
    with Lock(var, purpose=database.SERVE) as lock:
        cluster = Cluster(var, lock=lock, say=say)
        cluster.start()
        cluster.create_roles_and_database()
        cluster.psql(TABLE, database="onegrid")
        served = web("127.0.0.1", port)
        services = [
            Service("web", (*served.command[:-1], "tests.faults.tiny:application")),
            Service("worker", (sys.executable, "-c", "import time; time.sleep(3600)")),
        ]
        variables = environment(database.environment(var, database.urls(cluster)))
        supervisor = Supervisor(services, var=var, cluster=cluster, environment=variables, say=say)
        supervisor.start()
        supervisor.start_rest()
        say(f"started {os.getpid()}")
        supervisor.run()
        say("stopped")


if __name__ == "__main__":
    os.chdir(ROOT)
    try:
        main(Path(sys.argv[1]), int(sys.argv[2]))
    except Refused as refused:
        say(refused.message)
        sys.exit(int(refused.code))
