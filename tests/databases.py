"""Databases that are cloned and thrown away, over one session for each server.

A session is a process of the server's, which reads the catalogs before it does anything: one for
every statement was half of what a database of a test's own costs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg

_SESSIONS: Final[dict[str, "psycopg.Connection[Any]"]] = {}


@contextmanager
def commanded(dsn: str) -> Iterator[None]:
    """Keep the session that is made for a server's commands no longer than the block."""
    try:
        yield
    finally:
        if (session := _SESSIONS.pop(dsn, None)) is not None:
            session.close()


def command(dsn: str, statement: str) -> None:
    """Run one statement outside a transaction."""
    if dsn not in _SESSIONS:
        _SESSIONS[dsn] = psycopg.connect(dsn, autocommit=True)
    _SESSIONS[dsn].execute(statement.encode())


def clone(dsn: str, template: str, name: str) -> str:
    """Make a database of this name that is as the template is; its dsn."""
    command(dsn, f"create database {name} template {template} strategy file_copy")
    return named(dsn, name)


@contextmanager
def cloned(dsn: str, template: str, name: str) -> Iterator[str]:
    """Lend such a database; afterwards it is gone, whoever still has a session in it."""
    try:
        yield clone(dsn, template, name)
    finally:
        command(dsn, f"drop database {name} with (force)")


def named(dsn: str, name: str) -> str:
    """Return the dsn of another database on the same server."""
    head, _, query = dsn.partition("?")
    return f"{head.rpartition('/')[0]}/{name}?{query}"
