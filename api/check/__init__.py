"""Proofs too long for every test run: `quanke check NAME`."""
