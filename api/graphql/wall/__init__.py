"""The wall: what a whole district shows to anybody, no personal data in it."""
