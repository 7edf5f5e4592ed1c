"""What devices noticed, and what people made of it."""
