"""The wall in a real Chromium."""
