"""Borders from a file: what it would change, and where they leave gaps or lie upon each other."""
