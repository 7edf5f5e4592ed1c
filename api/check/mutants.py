"""Would the tests notice if a rule were wrong? `quanke check mutants`.

Each mutant is one small wrong in a guard of the case, in the order of checks, in what
the clock does by itself, in the deadline clock or its calendar; and for every row of
the transition table, one guard left out. A forked child puts the wrong code under the
running functions and runs the fast domain tests; the first failure kills the mutant.
At least 90 % must die, and those that live are listed.

    quanke check mutants [--sample N] [--seed S] [--at-least 0.9] [--json]
"""

import argparse
import functools
import gc
import importlib
import inspect
import itertools
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final

import hypothesis

from api.check.mutation import Mutant, mutants
from api.settings import REPOSITORY
from domain.calendar.calendar import Calendar

GUARDS: Final = ("relations", "triage", "links", "dispatch", "handling", "checking")
MODULES: Final = (
    *(f"domain.case.guards.{name}" for name in GUARDS),
    "domain.case.decide",
    "domain.case.react",
    "domain.calendar.clock",
    "domain.calendar.calendar",
    "domain.calendar.zone",
    "domain.calendar.decide",
)
STAGES: Final = ("triage", "dispatch", "handling", "checking", "links", "places", "source")
CASE_TESTS: Final = (
    "tests.domain.case.test_guards",
    "tests.domain.case.test_react",
    *(f"tests.domain.case.test_{name}" for name in STAGES),
    "tests.domain.case.test_triples",
)
CALENDAR_TESTS: Final = (
    "tests.domain.calendar.test_clock",
    "tests.domain.calendar.test_publish",
    "tests.properties.test_clock",
)
LIMIT_S: Final = 12.0
"""A mutant that needs more processor time than this runs for ever, and is noticed."""
WORKERS: Final = 2
KILLED, SURVIVED = 0, 7


@dataclass(frozen=True, slots=True)
class Tried:
    """A wrong that can be put in place in a child, and the tests that should notice."""

    what: str
    put: Callable[[], None]
    tests: tuple[str, ...]


def main(arguments: Sequence[str]) -> int:
    """Run the check; exit code 1 when too many live."""
    options = _options(arguments)
    started = time.monotonic()
    _no_shrinking()
    for name in (*CASE_TESTS, *CALENDAR_TESTS, *MODULES):
        importlib.import_module(name)
    everything = [*_code_mutants(), *_row_mutants()]
    chosen = everything
    if options.sample:
        chosen = random.Random(options.seed).sample(everything, options.sample)
    _unmutated_passes()
    survivors = survivors_of(chosen, report=not options.json)
    killed = len(chosen) - len(survivors)
    share = killed / len(chosen)
    answer = {
        "mutants": len(chosen), "killed": killed, "share": round(share, 4),
        "survivors": [one.what for one in survivors], "seed": options.seed,
        "seconds": round(time.monotonic() - started, 1),
    }  # fmt: skip
    _say(answer, as_json=options.json)
    return 0 if share >= options.at_least else 1


def _no_shrinking() -> None:
    """A property that fails has noticed; the smallest example is of no interest here."""
    phases = [hypothesis.Phase.explicit, hypothesis.Phase.generate]
    hypothesis.settings.register_profile(
        "mutants", phases=phases, max_examples=40, database=None, deadline=None,
        derandomize=True, print_blob=False,
    )  # fmt: skip
    hypothesis.settings.load_profile("mutants")


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="quanke check mutants", description=__doc__)
    parser.add_argument("--sample", type=int, default=0, help="try only so many, drawn by seed")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--at-least", type=float, default=0.9)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(list(arguments))


def _say(answer: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(answer))
        return
    for survivor in answer["survivors"]:
        print(f"survived  {survivor}")
    print(
        f"{answer['killed']} of {answer['mutants']} mutants killed ({answer['share']:.1%}), "
        f"{len(answer['survivors'])} survived, in {answer['seconds']} s"
    )


def _unmutated_passes() -> None:
    """Tests that fail without a mutant prove nothing."""
    pid = os.fork()
    if pid == 0:
        os._exit(_verdict((*CASE_TESTS, *CALENDAR_TESTS), quiet=False))
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code != SURVIVED:
        raise SystemExit("the domain's tests fail without any mutant; mend them first")


# ---- the wrongs


def _code_mutants() -> Iterator[Tried]:
    live = _Live()
    for name in MODULES:
        path = Path(inspect.getfile(importlib.import_module(name)))
        tests = CALENDAR_TESTS if name.startswith("domain.calendar") else CASE_TESTS
        source, shown = path.read_text("utf-8"), path.relative_to(REPOSITORY)
        right = compile(source, str(path), "exec")
        for mutant in mutants(source):
            what = f"{shown}:{mutant.line}  {mutant.what}"
            yield Tried(what, functools.partial(live.put, mutant, right), tests)


class _Live:
    """The living functions of the modules, and what they have worked out and kept."""

    def __init__(self) -> None:
        everything = gc.get_objects()
        self.functions = [one for one in everything if isinstance(one, FunctionType)]
        self.calendars = [one for one in everything if isinstance(one, Calendar)]
        caches = [one for one in everything if isinstance(one, functools._lru_cache_wrapper)]
        self.caches = [one for one in caches if one.__module__.startswith("domain.")]

    def put(self, mutant: Mutant, right: CodeType) -> None:
        """Swap the code under every living function of the module, closures included."""
        path = right.co_filename
        changed = dict(_changed(right, compile(mutant.tree(), path, "exec")))
        for one in self.functions:
            if one.__code__.co_filename == path:
                code = one.__code__
                one.__code__ = changed.get((code.co_qualname, code.co_firstlineno), code)
        for calendar in self.calendars:
            calendar.__dict__.pop("days", None)
        for cache in self.caches:
            cache.cache_clear()


def _changed(right: CodeType, wrong: CodeType) -> Iterator[tuple[tuple[str, int], CodeType]]:
    """Yield name and line → wrong code for each code object that differs."""
    pairs = zip(_codes(right), _codes(wrong), strict=True)
    for one, other in pairs:
        if one != other:
            yield (one.co_qualname, one.co_firstlineno), other


def _codes(code: CodeType) -> list[CodeType]:
    inner = [one for one in code.co_consts if isinstance(one, CodeType)]
    return [one for each in inner for one in (each, *_codes(each))]


def _row_mutants() -> Iterator[Tried]:
    """Leave one guard out of one row."""
    table = importlib.import_module("domain.case.table")
    for row in table.ROWS:
        for index, guard in enumerate(row.guards):
            left = row.guards[:index] + row.guards[index + 1 :]
            what = f"domain/case/table/  {row.command.NAME}: without {guard.__name__}"
            put = functools.partial(_put_row, replace(row, guards=left))
            yield Tried(what, put, CASE_TESTS)


def _put_row(row: Any) -> None:
    rules: dict[Any, Any] = importlib.import_module("domain.case.decide")._RULES
    rules[row.command] = (row, rules[row.command][1])


# ---- trying them


def survivors_of(tried: Sequence[Tried], *, report: bool) -> list[Tried]:
    """Try each in a forked child, a few at a time; return those no test noticed."""
    waiting, running = list(reversed(tried)), dict[int, Tried]()
    survivors: list[Tried] = []
    gc.collect()
    gc.freeze()
    while waiting or running:
        while waiting and len(running) < WORKERS:
            one = waiting.pop()
            running[_forked(one)] = one
        pid, status = os.wait()
        one = running.pop(pid)
        if os.waitstatus_to_exitcode(status) == SURVIVED:
            survivors.append(one)
            if report:
                print(f"alive  {one.what}", file=sys.stderr)
        if report and len(waiting) % 100 == 0:
            print(f"{len(waiting)} to go", file=sys.stderr)
    gc.unfreeze()
    return survivors


def _forked(one: Tried) -> int:
    pid = os.fork()
    if pid:
        return pid
    signal.signal(signal.SIGPROF, signal.SIG_DFL)  # for ever: dies of the signal, killed
    signal.setitimer(signal.ITIMER_PROF, LIMIT_S)
    try:
        gc.unfreeze()
        one.put()
        os._exit(_verdict(one.tests, quiet=True))
    except BaseException:  # a mutant that cannot even start is noticed
        os._exit(KILLED)


def _verdict(tests: Sequence[str], *, quiet: bool) -> int:
    for name in tests:
        for test in _tests(importlib.import_module(name)):
            try:
                test()
            except BaseException as error:  # whatever it is, it was noticed
                if not quiet:
                    print(f"{name}: {error!r}", file=sys.stderr)
                return KILLED
    return SURVIVED


def _tests(module: ModuleType) -> Iterator[Callable[[], Any]]:
    """Yield a module's tests, one call per set of parameters, as pytest would."""
    for name, test in list(vars(module).items()):
        if not name.startswith("test_") or not inspect.isfunction(test):
            continue
        if getattr(test, "is_hypothesis_test", False):
            yield test
            continue
        marks = [mark for mark in getattr(test, "pytestmark", ()) if mark.name == "parametrize"]
        for chosen in itertools.product(*map(_parameters, marks)):
            given = {key: value for one in chosen for key, value in one.items()}
            if set(given) == set(inspect.signature(test).parameters):
                yield functools.partial(test, **given)
            elif "capsys" in inspect.signature(test).parameters:
                yield functools.partial(test, **given, capsys=_Silent())


def _parameters(mark: Any) -> Iterator[dict[str, Any]]:
    names, values = mark.args
    keys = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    for value in values:
        row = getattr(value, "values", value)
        if callable(row):  # a dict's own `values`, not a pytest.param
            row = value
        if len(keys) == 1:
            row = row if row is not value else (row,)
        yield dict(zip(keys, row, strict=True))


class _Silent:
    """What a test prints is not wanted here."""

    def disabled(self) -> "_Silent":
        return self

    def __enter__(self) -> None:
        self.saved, sys.stdout = sys.stdout, open(os.devnull, "w", encoding="utf-8")

    def __exit__(self, *_: object) -> None:
        sys.stdout.close()
        sys.stdout = self.saved
