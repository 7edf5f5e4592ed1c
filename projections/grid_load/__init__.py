"""How much lies on each grid."""
