"""Do the SDKs work where nothing of ours is? `quanke check sdk`.

`./quanke sdk` writes both; the Python one is installed by pip into a fresh environment, the
TypeScript one by `npm pack` and `npm install` into a fresh folder. From there each plays the whole
conformance script and follows a platform whose line is cut. Needs a package index; `quanke test`
runs the part that needs none.

    quanke check sdk
"""

import os
import subprocess
import sys
from collections.abc import Sequence

from api.settings import REPOSITORY

TEST = REPOSITORY / "tests/sdk/test_installed.py"
FRESH = "QUANKE_FRESH"


def main(arguments: Sequence[str]) -> int:
    """Run the check; exit code 1 when an SDK does not do what the script says."""
    command = [sys.executable, "-m", "pytest", str(TEST), "-q", "-n", "0", "-p", "no:cacheprovider"]
    env = {**os.environ, FRESH: "1"}
    return subprocess.run([*command, *arguments], cwd=REPOSITORY, env=env, check=False).returncode
