"""The fixtures themselves: a fresh, migrated database per test, made over one session."""

import asyncpg
import psycopg
import pytest

from tests.databases import cloned

OTHERS = "select pid from pg_stat_activity where pid <> pg_backend_pid() and datname = 'quanke'"


async def test_database_is_fresh_and_migrated(database: str) -> None:
    connection = await asyncpg.connect(database)
    try:
        assert await connection.fetchval("select to_regclass('quanke_log') is not null")
        assert await connection.fetchval("select count(*) from quanke_log") == 0
    finally:
        await connection.close()


def test_a_clone_is_gone_afterwards_whoever_looks_at_it(postgres: str, template: str) -> None:
    with cloned(postgres, template, "quanke_lent") as dsn:
        held = psycopg.connect(dsn)
        assert held.execute("select count(*) from quanke_log").fetchone() == (0,)
    with held, pytest.raises(psycopg.errors.AdminShutdown):
        held.execute("select 1")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(dsn)


def test_databases_are_made_over_one_session(postgres: str, database: str) -> None:
    with psycopg.connect(postgres, autocommit=True) as looking:
        (session,) = looking.execute(OTHERS).fetchall()
        with cloned(postgres, "template0", "quanke_one"):
            assert looking.execute(OTHERS).fetchall() == [session]
        assert looking.execute(OTHERS).fetchall() == [session]
