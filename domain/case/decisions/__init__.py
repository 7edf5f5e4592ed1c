"""What follows from an allowed command: events, nothing else. These cannot refuse.

One small function per command, grouped by stage; `decide.py` finds them by type.
"""
