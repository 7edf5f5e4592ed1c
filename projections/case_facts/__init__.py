"""What is so about a case after its latest event: one fold, shared by every read model."""
