"""What happened to a thing: by whom, when, why, and which fields it changed."""
