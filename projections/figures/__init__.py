"""How well the loop runs: named, versioned definitions over one row of milestones a case."""
