"""Grids (网格): the smallest areas, drawn, split, merged, retired; a code is never used again."""
