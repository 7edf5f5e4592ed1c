"""Alarms: those that stand, their commands, their figures, and the feed of their changes."""
