"""Every command on its way round the loop: first bent out of shape, then as it should be.

The way is that of `tests/api/steps.py`. The loop of a case is gone round once as it should
be, with words of our own making in its free text, and each step must succeed. On the next
rounds each step is sent before with one of its fields replaced by something unfit; most of
these are refused, and each refusal must be a polite one. What is accepted may lead the case
astray, so there the steps themselves need not succeed.
"""

import time
from collections.abc import Iterator
from random import Random
from typing import Any, Final
from uuid import uuid4, uuid5

from graphql import GraphQLInputObjectType, get_named_type

from api.graphql.ids import case_key
from api.graphql.scalars import rfc3339
from api.graphql.schema import SCHEMA_CORE
from tests.api.ground import GRID
from tests.api.steps import ADMIN_STEPS, CASE_STEPS, Step, filled, step
from tests.fuzz.world import Tally, World, judged

HOUR_US: Final = 3_600_000_000
ALARM_S: Final = 30.0
FREE: Final = frozenset({
    "description", "note", "reply", "comment", "conclusion", "contact", "name", "nameEn", "text",
})  # fmt: skip
"""Fields that take any words."""
UNFIT: Final[tuple[Any, ...]] = (
    None, True, False, 0, -1, 1, 2**31 - 1, 2**31, 2**63, -(2**63), 1e308, -0.0, "", " ", "\x00",
    "a" * 4_000, "字" * 70_000, "e\u0301" * 50, "\u202eabc", "\U0001f4a9", "'; select 1 --",
    "../../x", "{{7*7}}", "$1", "%s%n", "null", "371602.", "9.", "2026-02-30T00:00:00Z",
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-01-01", str(uuid4()), [], [None],
    [[]], [1] * 300, {}, {"x": 1}, {"grid": "x"}, {"point": {"lon": 1e9, "lat": -1e9}},
    [{"sha256": "x"}], "MTpDYXNlOng", "1:Case:x",
)  # fmt: skip
WORDS: Final = ("垃圾", "a\tb\nc", "🚧", "ﷺ", "٣", "'\"\\", "<script>", "\u200b.", "ß" * 40, "-- x")


def more_steps() -> list[Step]:
    """Return what the loop's steps leave out: alarms, claims, and the privacy officer's."""
    later = rfc3339(time.time_ns() // 1_000 + HOUR_US)
    return [
        step("leader", "acknowledgeAlarm", alarm="{alarm}"),
        step("leader", "shelveAlarm", alarm="{alarm}", reason="being_handled", until=later),
        step("leader", "unshelveAlarm", alarm="{alarm}"),
        step("officer", "placeLegalHold", subject="{subject}", hold="h1", reason="诉讼"),
        step("officer", "liftLegalHold", subject="{subject}", hold="h1", reason="结束"),
        step("officer", "eraseSubject", subject="{subject}", reason="本人要求"),
    ]


class Walk:
    """Sends steps, bent and straight."""

    def __init__(self, world: World, tally: Tally, rng: Random) -> None:
        self._world = world
        self._tally = tally
        self._rng = rng
        self.cases: dict[str, str] = {}

    def run(self, bent: int) -> None:
        """Go the whole way once, and what is not the loop after so many bent steps each."""
        self._go(CASE_STEPS, 0)
        self._many()
        self._others()
        values = {"alarm": self._alarm(), "subject": self.cases["b"]}
        self._go([*ADMIN_STEPS, *more_steps()], bent, **values)

    def around(self, bent: int) -> None:
        """Go round the loop of a case once more, each step after so many bent ones."""
        self._go(CASE_STEPS, bent)

    def _go(self, steps: list[Step], bent: int, **values: str) -> None:
        values["review"] = rfc3339(time.time_ns() // 1_000 + 120 * HOUR_US)
        for one in steps:
            if one.mutation == "decideAppeal":
                values["appeal"] = str(uuid5(case_key(self.cases["a"]), "appeal:1"))
            given = filled(one, self.cases, **values)
            for unfit in self._bent(one.mutation, given, bent):
                self.send(one, unfit)
            done = self.send(one, self._worded(given))
            if done is None and not bent:
                self._tally.wrong.append(f"the step itself was refused: {one}")
            elif done is not None and one.mutation == "reportCase" and one.case is not None:
                self.cases[one.case] = done["case"]["id"]

    def send(self, one: Step, given: dict[str, Any]) -> dict[str, Any] | None:
        """Send a command; its payload when it was accepted."""
        kind = one.mutation[0].upper() + one.mutation[1:]
        about = "case { id }" if one.mutation == "reportCase" else ""
        query = (
            f"mutation($input: {kind}Input!) {{ {one.mutation}(input: $input) {{ {about} "
            "event { position } userErrors { code message messageZh facts { name value } } } }"
        )
        variables = {"input": {"clientMutationId": str(uuid4()), **given}}
        answer = self._world.post(one.who, query, variables)
        accepted, wrong = judged(answer, f"{one.mutation} {given}")
        if wrong is not None:
            self._tally.wrong.append(wrong)
        self._tally.note(f"mutation {one.mutation}", accepted)
        return dict(answer.json()["data"][one.mutation]) if accepted else None

    def _many(self) -> None:
        """Go round the loop once more by the mutations that take many inputs, where there are."""
        root = SCHEMA_CORE.mutation_type
        assert root is not None
        cases: dict[str, str] = {}
        for one in CASE_STEPS:
            if one.case is not None and one.case not in cases and one.mutation != "reportCase":
                continue
            given = filled(one, cases, review="2030-01-01T00:00:00Z", appeal="x")
            if f"{one.mutation}s" not in root.fields:
                self.send(one, given)
                continue
            done = self._send_many(one, given)
            if done is not None and one.mutation == "reportCase" and one.case is not None:
                cases[one.case] = done["case"]["id"]

    def _send_many(self, one: Step, given: dict[str, Any]) -> dict[str, Any] | None:
        name, kind = f"{one.mutation}s", one.mutation[0].upper() + one.mutation[1:]
        about = "case { id }" if one.mutation == "reportCase" else "event { position }"
        query = (
            f"mutation($i: [{kind}Input!]!) {{ {name}(inputs: $i) "
            f"{{ done refused results {{ {about} userErrors {{ code message }} }} }} }}"
        )
        inputs = [{"clientMutationId": str(uuid4()), **given}]
        answer = self._world.post(one.who, query, {"i": inputs})
        accepted, wrong = judged(answer, f"{name} {given}")
        self._tally.wrong += [wrong] if wrong is not None else []
        told = ((answer.json().get("data") or {}).get(name) or {}) if accepted else {}
        self._tally.note(f"mutation {name}", told.get("done") == 1)
        return dict(told["results"][0]) if told.get("done") == 1 else None

    def _bent(self, mutation: str, given: dict[str, Any], count: int) -> Iterator[dict[str, Any]]:
        kind = SCHEMA_CORE.type_map[f"{mutation[0].upper()}{mutation[1:]}Input"]
        assert isinstance(kind, GraphQLInputObjectType)
        for _ in range(count):
            name = self._rng.choice(sorted(set(kind.fields) - FREE or set(kind.fields)))
            if self._rng.random() < 0.1:
                yield {key: one for key, one in given.items() if key != name}
            else:
                yield {**given, name: self._unfit(str(get_named_type(kind.fields[name].type)))}

    def _unfit(self, kind: str) -> Any:
        """Return something unfit; half of the time at least of the right type."""
        types: dict[str, type] = {"String": str, "ID": str, "Int": int, "Boolean": bool}
        fitting = [one for one in UNFIT if type(one) is types.get(kind, str)]
        return self._rng.choice(fitting if self._rng.random() < 0.5 else UNFIT)

    def _worded(self, given: dict[str, Any]) -> dict[str, Any]:
        words = {key: self._rng.choice(WORDS) for key in given if key in FREE}
        return {**given, **words}

    def _alarm(self) -> str:
        """Report a danger and return its alarm once the watch has raised it."""
        danger = step(
            "leader", "reportCase", channel="LEADER", severity="LIFE_SAFETY", category="06010",
            place={"grid": GRID},
        )  # fmt: skip
        assert self.send(danger, dict(danger.given)) is not None
        give_up = time.monotonic() + ALARM_S
        while not (found := self._world.ask("leader", "{ alarms { id } }")["alarms"]):
            assert time.monotonic() < give_up, "no alarm was raised"
            time.sleep(0.05)
        return str(found[0]["id"])

    def _others(self) -> None:
        """Ask the two mutations that are no commands."""
        for name, who, query, value in (
            ("claimCase", "dispatcher", "mutation($v: ID!) { claimCase(case: $v) { mine } }", "h"),
            ("exportSubject", "officer",
             "mutation($v: String!) { exportSubject(subject: $v) { userErrors { code } } }", "h"),
        ):  # fmt: skip
            answer = self._world.post(who, query, {"v": self.cases[value]})
            accepted, wrong = judged(answer, name)
            self._tally.wrong += [wrong] if wrong is not None else []
            self._tally.note(f"mutation {name}", accepted)
