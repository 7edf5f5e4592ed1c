"""The platform as a process: what it says, who may run beside it, how it ends."""

import os
import signal
import socket
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.check.running import Running
from api.database import pidfile
from api.database.layout import Layout
from tests import homes
from tests.process.commands import quanke, started
from tests.process.conftest import alive, wait_until


@pytest.fixture
def platform(home: Path) -> Iterator[Running]:
    """An empty platform at any port, its data in `home/data`."""
    yield from running_in(home)


@pytest.fixture(scope="module")
def lasting() -> Iterator[tuple[Running, Path]]:
    """A platform that several tests look at and none stops, and its home."""
    with homes.home("quanke-p-") as home:
        for running in running_in(home):
            yield running, home


def running_in(home: Path, port: int = 0) -> Iterator[Running]:
    running = started("--no-demo", "--port", str(port), "--data", str(home / "data"))
    yield running
    if running.process.poll() is None:
        running.kill()
    wait_until(lambda: not pidfile.running(Layout(home / "data").cluster), "the server ends")


def server_of(home: Path) -> int:
    pid = pidfile.pid_in(Layout(home / "data").cluster)
    assert pid is not None
    return pid


def status(url: str) -> int:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return int(answer.status)


def test_ready_is_true_when_it_is_said(platform: Running, home: Path) -> None:
    assert platform.url.startswith("http://127.0.0.1:")
    assert status(f"{platform.url}/ready") == 200
    server = server_of(home)
    assert platform.stop() == 0
    assert not alive(server)


def test_the_rest_says_where_everything_is(lasting: tuple[Running, Path]) -> None:
    platform, home = lasting
    assert platform.process.stdout is not None
    text = ""
    while "kill " not in text:
        line = platform.process.stdout.readline()
        assert line, text
        text += line
    assert f"{platform.url}/wall" in text
    assert f"{platform.url}/graphql" in text
    assert str(home / "data") in text
    assert "/bin" in text
    assert f"kill {platform.pid}" in text


@pytest.mark.slow
def test_kill_leaves_no_server_behind(platform: Running, home: Path) -> None:
    server = server_of(home)
    platform.kill()
    wait_until(lambda: not alive(server), "the server follows", 10)


@pytest.mark.slow
def test_without_its_server_it_ends_with_an_error(platform: Running, home: Path) -> None:
    os.kill(server_of(home), signal.SIGKILL)
    assert platform.ended() == 1


def test_second_run_says_who_owns_the_data(lasting: tuple[Running, Path]) -> None:
    platform, home = lasting
    second = quanke("run", "--no-demo", "--data", str(home / "data"))
    assert second.returncode == 1
    assert second.stdout == ""
    assert f"process {platform.pid} (quanke run, {platform.url})" in second.stderr


def test_commands_work_beside_a_platform(lasting: tuple[Running, Path]) -> None:
    commands_work(lasting[1])


@pytest.mark.slow
def test_commands_work_without_a_platform(home: Path) -> None:
    commands_work(home)
    assert not pidfile.running(Layout(home / "data").cluster)


def commands_work(home: Path) -> None:
    data = ("--data", str(home / "data"))
    assert quanke("psql", "-Atc", "select 6 * 7", *data).stdout == "42\n"
    events = quanke("events", *data)
    assert (events.returncode, events.stdout) == (0, ""), events.stderr
    built = quanke("rebuild", "--all", *data)
    assert built.returncode == 0, built.stderr
    assert "case_board v1 rebuild" in built.stdout
    verdict = quanke("verify", *data)
    assert verdict.returncode == 0, verdict.stderr
    assert verdict.stdout.startswith("ok: 0 events")


@pytest.mark.slow
def test_busy_port_gives_the_next_one_and_interrupt_stops_it_cleanly(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for running in running_in(home, port):
            assert port < int(running.url.rpartition(":")[2]) <= port + 99
            running.process.send_signal(signal.SIGINT)
            assert running.ended() == 0
    assert "database system is shut down" in (home / "data" / "pg.log").read_text()


def test_tokens_name_what_was_asked(home: Path) -> None:
    data = ("--data", str(home / "data"))
    said = quanke("token", "--role", "grid_worker", "--scope", "371602.005.", *data)
    assert said.returncode == 0
    assert said.stdout.count(".") == 2
    refused = quanke("token", "--role", "king", *data)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "there is no role 'king'; there are: acceptor" in refused.stderr
    assert quanke("token", "--role", "auditor", "--ttl", "soon", *data).returncode == 1


ERRORS = {
    "no such command": (("runn",), "runn"),
    "no such option": (("events", "--before", "3"), "--before"),
    "not a number": (("run", "--port", "eighty"), "eighty"),
    "no such port": (("run", "--port", "99999", "--data", "DATA"), "port"),
    "no such file": (
        ("import", "/nowhere.csv", "--source", "open311", "--data", "DATA"),
        "nowhere",
    ),
    "no such benchmark": (("bench", "speed"), "there is no benchmark speed"),
    "no such check": (("check", "luck"), "there is no check luck"),
    "no such read model": (("rebuild", "nothing", "--data", "DATA"), "nothing"),
    "which read model": (("rebuild", "--data", "DATA"), "--all"),
}


@pytest.mark.parametrize("case", ERRORS)
def test_errors_are_one_message_on_standard_error(case: str, home: Path) -> None:
    arguments, said = ERRORS[case]
    done = quanke(*(str(home / "data") if word == "DATA" else word for word in arguments))
    assert done.returncode != 0
    assert done.stdout == ""
    assert said in done.stderr
    assert "Traceback" not in done.stderr
