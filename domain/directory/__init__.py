"""The areas above the grids, the departments and the workers who staff them."""
