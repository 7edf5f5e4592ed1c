"""The same platform as the doors' tests."""

from tests.api.conftest import app, client, founded_database, ground, patient, worker

__all__ = ["app", "client", "founded_database", "ground", "patient", "worker"]
