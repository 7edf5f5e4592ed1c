"""A founded database, as the doors' tests have."""

from tests.api.conftest import founded_database, ground, patient

__all__ = ["founded_database", "ground", "patient"]
