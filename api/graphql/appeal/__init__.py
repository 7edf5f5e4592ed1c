"""Appeals against a score: their state and what came of them, for both sides."""
