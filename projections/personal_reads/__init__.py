"""Who has opened whose personal data, and what for."""
