"""Personal data: its classes, who may read it and why, its holds, its end."""
