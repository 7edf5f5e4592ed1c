"""How much lies on each area: the district, its townships and streets, communities, grids."""
