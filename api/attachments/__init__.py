"""Evidence pictures: received, sealed, bound to the case that names them, shown to its units.

A picture is content-addressed: an event names the SHA-256 of the bytes that are kept, and
the log stays as it is (docs/adr/0028).
"""
