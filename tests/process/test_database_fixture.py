"""The fixtures themselves: a fresh, migrated database per test."""

import asyncpg


async def test_database_is_fresh_and_migrated(database: str) -> None:
    connection = await asyncpg.connect(database)
    try:
        assert await connection.fetchval("select to_regclass('quanke_log') is not null")
        assert await connection.fetchval("select count(*) from quanke_log") == 0
    finally:
        await connection.close()
