"""What strangers send: drawn documents, bent commands, and bytes that are no protocol at all."""
