"""Every way in, and the composition root."""
