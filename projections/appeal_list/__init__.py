"""What was appealed against, and what came of it: for whoever appealed and whoever decides."""
