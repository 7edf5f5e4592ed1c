"""Does any screen break a rule of WCAG in any state and dress? `quanke check axe`.

The tests of `tests/browser/test_axe.py` go through every screen's empty, full, failed and
dialog states and look at each in one language and theme in turn; here each is looked at in all
four. The field app's own tests do the same on the phone.

    quanke check axe
"""

import os
import subprocess
import sys
from collections.abc import Sequence

from api.settings import REPOSITORY

TESTS = (
    "test_axe.py", "test_field.py", "test_field_handling.py", "test_field_offline.py",
    "test_field_residents.py",
)  # fmt: skip
EVERY_DRESS = "QUANKE_EVERY_DRESS"


def main(arguments: Sequence[str]) -> int:
    """Run the check; exit code 1 when a rule is broken anywhere."""
    paths = [str(REPOSITORY / "tests/browser" / one) for one in TESTS]
    command = [sys.executable, "-m", "pytest", *paths, "-q", "-n", "0", "-p", "no:cacheprovider"]
    env = {**os.environ, EVERY_DRESS: "1"}
    return subprocess.run([*command, *arguments], cwd=REPOSITORY, env=env, check=False).returncode
