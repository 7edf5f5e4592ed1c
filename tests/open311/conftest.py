"""A founded platform, in this process and on a real socket."""

from tests.api.conftest import (
    address,
    app,
    client,
    founded_database,
    ground,
    patient,
    worker,
)

__all__ = ["address", "app", "client", "founded_database", "ground", "patient", "worker"]
