"""In which state the cases of an area stand."""
