"""What has just happened, for screens without personal data."""
