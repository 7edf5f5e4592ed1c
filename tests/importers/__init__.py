"""Tests of the importers, and the forms they read."""
