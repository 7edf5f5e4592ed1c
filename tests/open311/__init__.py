"""GeoReport v2, asked by a client we did not write and held against real answers."""
