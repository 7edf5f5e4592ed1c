"""The doors, on a real log and real read models."""
