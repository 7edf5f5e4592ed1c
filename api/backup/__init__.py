"""Backup and restore: the log by the server's own means, the keys apart from it.

archive.py     what lies where in a backup
making.py      base backup, write-ahead log, pictures
keyring.py     the keys, wrapped, and what was erased
recovering.py  a data directory from a base and the write-ahead log
trimming.py    back to a position, read models with it
epoch.py       whether sealed events were lost, and the new epoch
restoring.py   all of it in order
"""
