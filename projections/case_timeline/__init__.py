"""What happened to a case, event by event."""
