"""The plain doors: health, metrics, geometry and the screens' files."""
