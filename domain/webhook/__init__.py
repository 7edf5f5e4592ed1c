"""Outgoing webhooks: who is told of what, where, and whether it is paused."""
