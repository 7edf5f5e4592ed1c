"""The auditor's side: an export in a directory is judged with a key that was held elsewhere.

No database, nothing of the audited platform at run time. The root is rebuilt from the
entries; tiles only help to say where something was changed.
"""
