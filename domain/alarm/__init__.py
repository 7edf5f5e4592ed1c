"""Alarms: what a person must act on in time, from being raised to being cleared."""
