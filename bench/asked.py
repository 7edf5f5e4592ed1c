"""What the crowd of `overload` asks: what is asked of a platform while people work with it.

Three kinds in equal shares, as nobody has measured other ones: a page of a list under one filter
or another, as whoever goes through a queue changes it (20 to 50 lines as the console has them, with
grid, department and deadline); one case as it is opened, with its timeline; and how an area stands,
with the areas below it and the deadlines that end next. At a desk a case is opened as the console
does it, with what may be done now and the cases like it; other systems ask for the case alone.

No document comes twice with the same variables in a run, so no answer that was kept is given. All
are about what is there, so an answer holds something: `is_empty` tells where one does not.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

LINE: Final = """
fragment Line on Case {
  id number version position status open overdue severity scope categoryCode
  category { name nameEn } area { name nameEn } grid { code name nameEn } point { lon lat }
  department { key name nameEn } reportedAt updatedAt dueClock dueAt late returned exercise
}"""
STEPS: Final = """caseTimeline(case: $id, first: $n) {
    nodes { id position version topic title titleEn at recordedAt actor role unit basis state }
  }"""
FIELDS: Final = """channel tier basis sensitive unlocated source sourceId stated flags
    departments { key name nameEn }
    acceptedAt filedAt dispatchedAt acknowledgedAt handledAt checkedAt closedAt totalDue
    suspendedAt reviewAt rework extensions reopened urged supervised satisfaction
    mergedInto parent children"""
PAGE: Final = f"""query Page($n: Int!, $filter: CaseFilter!) {{
  cases(first: $n, filter: $filter) {{
    nodes {{ ...Line }} pageInfo {{ hasNextPage endCursor }}
  }}
}}{LINE}"""
DESK: Final = f"""query Opened($id: ID!, $n: Int!) {{
  case(id: $id) {{
    ...Line
    allowed {FIELDS}
  }}
  {STEPS}
  similarCases(case: $id) {{
    case {{ ...Line }} distanceM sameGrid sameCategory mergeable
  }}
}}{LINE}"""
ALONE: Final = f"""query Case($id: ID!, $n: Int!) {{
  case(id: $id) {{
    ...Line
    {FIELDS}
  }}
  {STEPS}
}}{LINE}"""
AREA: Final = """query Stands($scope: String!, $before: DateTime!) {
  overview(scope: $scope) { open overdue total closed lifeSafety closingRateBp }
  areaLoad(scope: $scope) { scope level name nameEn open overdue }
  stageFunnel(scope: $scope) { status cases }
  deadlines(scope: $scope, first: 20, dueBefore: $before) {
    nodes { case number clock due passed }
  }
}"""
MIXES: Final = {"desk": DESK, "systems": ALONE}
"""The case's document, by who asks."""
EMPTY: Final = (
    b'"cases":{"nodes":[]',
    b'"case":null',
    b'"caseTimeline":{"nodes":[]',
    b'"total":0,',
)
LEAST, MOST = 20, 50
WHOLE: Final = 100
"""Steps that the console asks for, the most there may be; no case here has as many as half."""
BEGAN: Final = datetime(2000, 1, 1, tzinfo=UTC)
LATER: Final = datetime(2100, 1, 1, tzinfo=UTC)


class Case(NamedTuple):
    """What of a case is put into questions."""

    id: str
    scope: str
    status: str
    department: str | None


class Question(NamedTuple):
    """What one request asks."""

    document: str
    variables: dict[str, Any]


def documents(mix: str) -> tuple[str, ...]:
    """Return the documents of a mix, in the order in which they are asked."""
    return PAGE, MIXES[mix], AREA


def question(mix: str, cases: Sequence[Case], number: int) -> Question:
    """Return the question of a number; another number has other variables."""
    turn, which = divmod(number, 3)
    variables = (_page, _case, _area)[which](cases, turn)
    return Question(documents(mix)[which], variables)


def _page(cases: Sequence[Case], turn: int) -> dict[str, Any]:
    case = cases[turn % len(cases)]
    place = {"scope": _inside(case.scope, 2)}
    lists = (place, {"status": [case.status]}, {"department": [case.department]})
    chosen = lists[turn % 3] if case.department else lists[turn % 2]
    since = (BEGAN + timedelta(seconds=turn)).isoformat()
    lines = LEAST + turn % (MOST - LEAST + 1)
    return {"n": lines, "filter": {**chosen, "reportedFrom": since}}


def _case(cases: Sequence[Case], turn: int) -> dict[str, Any]:
    round_, at = divmod(turn, len(cases))
    return {"id": cases[at].id, "n": WHOLE - round_}


def _area(cases: Sequence[Case], turn: int) -> dict[str, Any]:
    case = cases[turn % len(cases)]
    before = (LATER + timedelta(seconds=turn)).isoformat()
    return {"scope": _inside(case.scope, 1 + turn % 3), "before": before}


def _inside(scope: str, depth: int) -> str:
    return ".".join(scope.split(".")[:depth]) + "."


def is_empty(answer: bytes) -> bool:
    """Tell whether an answer holds nothing of what was asked for."""
    return any(one in answer for one in EMPTY)
