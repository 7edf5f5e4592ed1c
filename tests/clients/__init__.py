"""Clients that others wrote, each cut off while the district moves, end where a snapshot does."""
