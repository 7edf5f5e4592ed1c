"""What do strangers find? `quanke check fuzz`.

The tests of `tests/fuzz` with as many examples as one likes, against a platform of their own:
documents that schemathesis draws from the schema and that are filled with values that are
there, every command bent out of shape on its way round the loop, and bytes that are no
protocol. Nothing may be a 5xx, leave a trace or grow; and a run proves something only if
the platform accepts enough of it, each operation at least once. `quanke test` runs it with
three examples an operation, a build server goes on for a minute (`.ci/run`).

    quanke check fuzz [--examples 60 | --seconds 60] [--seed N]
"""

import argparse
import os
import random
import subprocess
import sys
from collections.abc import Sequence

from api.settings import REPOSITORY

TESTS = REPOSITORY / "tests/fuzz"
EXAMPLES, SECONDS, SEED = "QUANKE_FUZZ_EXAMPLES", "QUANKE_FUZZ_S", "QUANKE_FUZZ_SEED"
MANY, FEW = 60, 3


def main(arguments: Sequence[str]) -> int:
    """Run the check; exit code 1 when something was found, or too little was accepted."""
    parser = argparse.ArgumentParser(prog="quanke check fuzz")
    parser.add_argument("--examples", type=int, help="of each query and subscription (60)")
    parser.add_argument("--seconds", type=float, default=0.0, help="a few of each, again and again")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    options = parser.parse_args(arguments)
    print(f"seed {options.seed}", flush=True)
    command = [
        sys.executable, "-m", "pytest", str(TESTS), "-q", "-s", "-n", "0", "-p", "no:cacheprovider",
    ]  # fmt: skip
    examples = options.examples or (FEW if options.seconds else MANY)
    env = {
        **os.environ, EXAMPLES: str(examples), SECONDS: str(options.seconds),
        SEED: str(options.seed),
    }  # fmt: skip
    return subprocess.run(command, cwd=REPOSITORY, env=env, check=False).returncode
