"""The district in memory: areas, grids, departments, categories, calendars.

A fold of the reference streams with the same `evolve` the commands use, so that a
rule can be given its facts, and a screen its names, without a query.
"""

from api.reference.earlier import Earlier
from api.reference.judging import DECIDERS, facts_of, stream_of
from api.reference.reference import Reference
from api.reference.routing import Route

__all__ = ["DECIDERS", "Earlier", "Reference", "Route", "facts_of", "stream_of"]
