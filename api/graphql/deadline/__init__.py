"""Deadlines with their arithmetic: which event set them, and what was counted, span by span."""
