"""`quanke sdk`: the clients in Python and TypeScript, made from the schema as it is."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Final

from graphql import build_schema

from api.cli.failure import Failed
from api.sdk.quanke_client.generate import generate, read
from api.settings import REPOSITORY

SCHEMA: Final = REPOSITORY / "api" / "graphql" / "schema.graphql"
SDK: Final = REPOSITORY / "api" / "sdk"
PYTHON: Final = SDK / "quanke_client"
FEEDS: Final = REPOSITORY / "api" / "graphql" / "live" / "documents"
SCREENS: Final = REPOSITORY / "opscenter"
NOT_COLLECTED: Final = {"overview.graphql", "wall.graphql"}
"""Feeds of one picture instead of things by a key."""


def sdk(directory: Path) -> None:
    """Write the SDKs into a directory: python/ and typescript/, each a package to install.

    Parameters
    ----------
    directory
        Made when it is not there; what it holds already is written over.
    """
    directory.mkdir(parents=True, exist_ok=True)
    write_python(directory / "python")
    write_typescript(directory / "typescript")
    for part in ("conformance.json", "README.md"):
        shutil.copyfile(SDK / part, directory / part)
    print(f"python and typescript SDK: {directory}")


def write_python(folder: Path) -> None:
    """Write the Python package, with the typed methods made from the schema."""
    package = folder / "quanke_client"
    shutil.copytree(
        PYTHON, package, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copyfile(SCHEMA, package / "schema.graphql")
    for document in FEEDS.glob("*.graphql"):
        if document.name not in NOT_COLLECTED:
            shutil.copyfile(document, package / "documents" / document.name)
    schema = build_schema(SCHEMA.read_text("utf-8"))
    typed = generate(schema, read(package / "documents"))
    (package / "typed.py").write_text(typed, encoding="utf-8")
    (package / "py.typed").touch()
    shutil.copyfile(SDK / "package.toml", folder / "pyproject.toml")


def write_typescript(folder: Path) -> None:
    """Write the TypeScript package: the sources that our own screens are built from."""
    folder.mkdir(parents=True, exist_ok=True)
    for source in (SCREENS / "src" / "sdk").glob("*.ts"):
        if not source.name.endswith(".test.ts"):
            shutil.copyfile(source, folder / source.name)
    shutil.copyfile(SCREENS / "build" / "types.mjs", folder / "types.mjs")
    shutil.copyfile(SCHEMA, folder / "schema.graphql")
    (folder / "package.json").write_text(json.dumps(package_json(), indent=2) + "\n", "utf-8")
    write_javascript(folder)


def write_javascript(folder: Path) -> None:
    """Write the same as JavaScript, by the screens' own builder. Raises Failed without it."""
    node = shutil.which("node")
    if node is None or not (SCREENS / "node_modules" / "vite").is_dir():
        raise Failed("node and the screens' packages build the TypeScript SDK: ./quanke sdk DIR")
    command = [node, "build/sdk.mjs", str(folder.resolve())]
    done = subprocess.run(command, cwd=SCREENS, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(f"the TypeScript SDK could not be built: {done.stderr.strip()}")


def package_json() -> dict[str, object]:
    """Return what npm wants to know."""
    version = json.loads((SCREENS / "package.json").read_text("utf-8"))["version"]
    return {
        "name": "quanke-client",
        "version": version,
        "type": "module",
        "license": "Apache-2.0",
        "description": "Live collections of Quanke, as its own screens use them",
        "exports": {".": {"types": "./index.ts", "default": "./index.js"}},
        "bin": {"quanke-types": "types.mjs"},
        "peerDependencies": {"graphql": "^16"},
        "peerDependenciesMeta": {"graphql": {"optional": True}},
    }
