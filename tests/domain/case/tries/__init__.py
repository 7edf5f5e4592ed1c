"""Each guard from both sides of its edge, as data: one module per stage."""
