"""GraphQL over the platform: one folder per capability, one engine under all of them.

strawberry defines the schema; our own view and socket execute it (`engine.py`,
`view.py`, `live/`), so that limits, masking and shared execution are in one place.
"""
