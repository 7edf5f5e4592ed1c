"""The past told again: what stood at a moment, and every event after it in order.

Nothing is written. `tape.py` reads the events, `standing.py` what they build on, and
`stage.py` folds them into the same changes that the hub publishes live.
"""
