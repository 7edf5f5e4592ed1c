"""Categories, routing rules, limits and filing standards: policy as data, versioned."""
