"""Cases: one, many, their timelines and the feed of their changes."""
