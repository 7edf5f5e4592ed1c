"""What happens by itself: what the clock, an alarm or a confirmed alert does; and the canary."""
