"""Does the wall bear a minute without its server? `quanke check outage`.

The tests of the wall's outages, in a real Chromium before the real platform, with the server
away as long as one likes: stopped under load, and silent on an open line. Stale and offline
must show in time, and the wall be back within a second, without a reload, with every number
right. `quanke test` runs them with some seconds.

    quanke check outage [--seconds 60]
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence

from api.settings import REPOSITORY

TEST = REPOSITORY / "tests/browser/test_outage.py"
AWAY = "QUANKE_OUTAGE_S"


def main(arguments: Sequence[str]) -> int:
    """Run the check; exit code 1 when something was late or wrong."""
    parser = argparse.ArgumentParser(prog="quanke check outage")
    parser.add_argument("--seconds", type=int, default=60, help="how long it is away")
    options = parser.parse_args(arguments)
    command = [sys.executable, "-m", "pytest", str(TEST), "-q", "-n", "0", "-p", "no:cacheprovider"]
    env = {**os.environ, AWAY: str(options.seconds)}
    return subprocess.run(command, cwd=REPOSITORY, env=env, check=False).returncode
