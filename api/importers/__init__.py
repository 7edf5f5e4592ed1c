"""Real service requests in: a city's file becomes commands, never raw events.

    sniff → rows → columns/times → boston_311 | nyc_311 | open311 → stated
          → areas → plan → load → Dispatcher

Everything before `load.py` is pure and runs over the whole file before the first
append, so a bad file leaves no trace. What a source does not state is not written.
"""
