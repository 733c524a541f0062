"""Pages without hashed static files."""

from tests.flows.conftest import plain_pages  # noqa: F401 - a fixture for every test here
