"""Which alarms stand, and how alarms were dealt with: one row each time one was raised."""
