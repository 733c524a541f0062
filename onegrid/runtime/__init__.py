"""What runs Onegrid on one machine: an embedded PostgreSQL and a supervisor of its processes.

Plain Python without Django, light enough to stay resident. `postgres.Cluster` runs the database,
`database.connected` lends it to a passing command, `supervisor.Supervisor` keeps everything alive.
"""
