"""The past again: how dense it was, and told once more at a pace of one's own."""
