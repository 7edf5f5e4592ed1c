"""What a screen's heap does over time: a soak, and what it has grown by."""
