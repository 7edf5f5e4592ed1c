"""How much lies on each department, as the lead of a case."""
