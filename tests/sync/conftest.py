"""The same platform as the doors' tests."""

from tests.api.conftest import app, client, worker

__all__ = ["app", "client", "worker"]
