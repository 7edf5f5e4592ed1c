"""Documents compiled once: variables to arguments, objects to JSON, without an executor.

graphql-core spends some 2.5 µs a field on generality that a known document does not need.
A plan is compiled per operation; what it does not cover (abstract surprises, asynchronous
fields below the root, any error) raises `Uncovered` and the stock executor answers, so a
plan can only ever be faster, never different. Tests compare the two.
"""


class Uncovered(Exception):
    """Only the stock executor covers this: nothing has been done yet that it would do twice."""


__all__ = ["Uncovered"]
