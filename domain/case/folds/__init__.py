"""The fold in parts: one small function per event, grouped by stage.

Each gets state, event and who did it when, and returns the next state. None refuses,
and none asks anything but the event: replay needs no facts.
"""
