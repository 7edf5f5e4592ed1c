"""What happens by itself: what the clock, an alert or an alarm does, each exactly once."""
