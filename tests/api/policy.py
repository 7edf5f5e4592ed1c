"""Who sees what, said again in thirty lines: apart from the platform's code, from product.md."""

from typing import Any

BY_PLACE = {
    "acceptor", "dispatcher", "duty_leader", "checker", "district_leader", "evaluator",
    "grid_worker", "auditor", "administrator", "privacy_officer", "integrator",
}  # fmt: skip
NUMBERS = BY_PLACE | {"handler", "display"}
TAKES_AWAY = {"auditor", "administrator", "integrator"}
NO = None
"""The door itself is closed to the role."""


def sees(actor: dict[str, Any], case: dict[str, Any]) -> bool:
    if actor["role"] in BY_PLACE:
        return bool(case["scope"].startswith(actor["scope"]))
    if actor["role"] == "handler":
        return actor["unit"] in case["units"]
    return bool(actor["role"] == "resident" and case["reporter"] == actor["id"])


def expected(door: str, actor: dict[str, Any], cases: list[dict[str, Any]]) -> Any:
    """What a door must show an actor: names of cases, a number, or NO."""
    role, mine = actor["role"], {case["name"] for case in cases if sees(actor, case)}
    if actor["expired"]:
        return NO
    if door == "numbers":
        here = [case for case in cases if case["scope"].startswith(actor["scope"])]
        return len(here) if role in NUMBERS else NO
    if door == "export":
        public = {case["name"] for case in cases if not case["sensitive"]}
        return mine & public if role in TAKES_AWAY else NO
    if role not in BY_PLACE | {"handler", "resident"}:
        return set() if door == "sql" else NO
    if role == "resident" and door != "get":
        mine = set()  # a resident asks for a case by its number; there is no list of one's own
    return len(mine) if door == "totals" else mine
