"""What the tests of Open311 share."""

from tests.web.conftest import browser, plain_static

__all__ = ["browser", "plain_static"]
