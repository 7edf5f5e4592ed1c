"""Every picture of docs/, taken anew from a demo that runs.

Each module has the pictures of one kind of screen, by name, in its album: what the docs show
and what is taken here is held to be the same (`test_pictures.py`).
"""
