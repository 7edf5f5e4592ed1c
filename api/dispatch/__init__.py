"""From a command to committed events: facts, rules, seals, and the one way into the log."""
