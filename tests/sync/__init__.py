"""What a subscriber holds after its deltas equals what a fresh snapshot says."""
