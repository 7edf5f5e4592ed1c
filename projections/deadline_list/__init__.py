"""Which clocks run, and which runs out next."""
