"""The release before this one, out of git: the last tag's, or the last commit's without one."""

import subprocess
from pathlib import Path

import pytest

from api.settings import REPOSITORY

PACKAGES = ("domain", "eventlog", "projections", "api", "migrations")


def git(*arguments: str) -> bytes:
    done = subprocess.run(["git", *arguments], cwd=REPOSITORY, capture_output=True, check=True)
    return done.stdout


@pytest.fixture(scope="session")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of the release before this one; a release is not compared with itself."""
    asked = ("tag", "--merged", "HEAD", "--no-contains", "HEAD", "--sort=-creatordate")
    tags = git(*asked).decode().split()
    home = tmp_path_factory.mktemp("earlier")
    archive = git("archive", tags[0] if tags else "HEAD", *PACKAGES)
    subprocess.run(["tar", "-x", "-C", str(home)], input=archive, check=True)
    return home
