"""Hazard alerts: a device at a place says something, a person looks, and only then it is a case.

A device is an asset at a place, never somebody's: an alert has no name, face or plate.
"""
