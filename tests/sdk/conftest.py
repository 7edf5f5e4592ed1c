"""The same platform behind a line as the foreign clients'."""

from tests.clients.conftest import app, founded_database, ground, patient, platform

__all__ = ["app", "founded_database", "ground", "patient", "platform"]
