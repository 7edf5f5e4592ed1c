"""Do reports written without a network arrive once each? `quanke check offline`.

The test of the field app's outbox with as many reports as one likes, in a real Chromium:
its process is killed before anything is sent, with a photo half up, with an answer on its
way and in between, and the server is restarted twice. `quanke test` runs it with six.

    quanke check offline [--reports 20]
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence

from api.settings import REPOSITORY

TEST = REPOSITORY / "tests/browser/test_outbox.py"
REPORTS = "QUANKE_REPORTS"


def main(arguments: Sequence[str]) -> int:
    """Run the check; exit code 1 when a report is missing or there twice."""
    parser = argparse.ArgumentParser(prog="quanke check offline")
    parser.add_argument("--reports", type=int, default=20, help="how many, 4 or more")
    options = parser.parse_args(arguments)
    command = [sys.executable, "-m", "pytest", str(TEST), "-q", "-n", "0", "-p", "no:cacheprovider"]
    env = {**os.environ, REPORTS: str(options.reports)}
    return subprocess.run(command, cwd=REPOSITORY, env=env, check=False).returncode
