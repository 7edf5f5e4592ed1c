"""What the loop expects of every command: from which states, by whom, and where to.

Written from the description of the loop (who reports, accepts, files, dispatches,
handles, checks and closes), not from the table under test. `.` stays where it is;
`?` goes where the case's own history says.
"""

from typing import NamedTuple

from domain.actor import Role
from domain.case.values import Status

OPEN = "reported verifying accepted filed dispatched in_progress suspended resolved checking passed"
ENDED = "closed declined merged cancelled"
WORDS = {
    "open": OPEN,
    "all": f"{OPEN} {ENDED}",
    "desk": "acceptor dispatcher duty_leader district_leader",
    "centre": "dispatcher duty_leader district_leader",
    "leaders": "duty_leader district_leader",
    "triage": "acceptor duty_leader",
}
TEXT = """
case.report               | none | grid_worker resident acceptor handler leaders integrator | reported
case.self_handle          | reported | grid_worker | resolved
case.request_verification | reported | triage | verifying
case.report_verification  | verifying | grid_worker | reported
case.accept               | reported | triage | accepted
case.decline              | reported | triage | declined
case.file                 | accepted | leaders | filed
case.refuse_filing        | accepted | leaders | declined
case.classify             | open | desk | .
case.relocate             | open | desk | .
case.seal_contact         | open | acceptor grid_worker resident | .
case.suggest_duplicate    | open | desk clock | .
case.merge                | open | desk | merged
case.unmerge              | merged | acceptor leaders | ?
case.split                | filed dispatched in_progress | centre | .
case.dispatch             | filed | centre | dispatched
case.redispatch           | dispatched in_progress | centre | dispatched
case.acknowledge          | dispatched in_progress | handler | ?
case.return               | dispatched in_progress | handler | .
case.uphold_return        | dispatched in_progress | centre | filed
case.refuse_return        | dispatched in_progress | centre | .
case.open_joint_handling  | dispatched in_progress | centre | .
case.add_assist           | dispatched in_progress | centre | .
case.note_progress        | in_progress suspended | handler | .
case.attach_evidence      | open | handler grid_worker acceptor resident | .
case.report_assist_done   | dispatched in_progress suspended | handler | .
case.request_extension    | in_progress | handler | .
case.grant_extension      | in_progress | leaders | .
case.refuse_extension     | in_progress | leaders | .
case.suspend              | in_progress | leaders | suspended
case.resume               | suspended | leaders clock | in_progress
case.escalate             | open | handler centre clock | .
case.return_down          | open | centre | .
case.urge                 | open | desk resident | .
case.expedite             | open | leaders | .
case.order_supervision    | open | leaders | .
case.reply_supervision    | open | handler duty_leader | .
case.warn_deadline        | reported verifying accepted filed dispatched in_progress resolved checking passed | clock | .
case.pass_deadline        | reported verifying accepted filed dispatched in_progress resolved checking passed | clock | .
case.handle               | in_progress | handler | resolved
case.request_check        | resolved checking | centre checker | checking
case.pass_check           | checking | checker grid_worker | passed
case.fail_check           | checking | checker grid_worker | in_progress
case.close                | resolved passed | duty_leader | closed
case.force_close          | filed dispatched in_progress suspended resolved checking passed | district_leader | closed
case.send_follow_up       | closed | triage | .
case.give_feedback        | closed | resident acceptor | .
case.reopen               | closed | resident checker centre | filed
case.cancel               | reported verifying accepted filed | duty_leader | cancelled
case.file_appeal          | all | handler grid_worker | .
case.decide_appeal        | all | evaluator | .
case.state_report         | none | import | reported
case.state_assignment     | all | import | ?
case.state_target         | all | import | .
case.state_status         | all | import | .
case.state_note           | all | import | .
case.state_close          | all | import | ?
case.state_correction     | all | import | .
case.flag                 | all | import | .
"""  # noqa: E501


class Expected(NamedTuple):
    """One line of the text."""

    states: frozenset[Status | None]
    roles: frozenset[Role]
    to: str


def _words(text: str) -> list[str]:
    return [word for part in text.split() for word in WORDS.get(part, part).split()]


def _states(text: str) -> frozenset[Status | None]:
    return frozenset(None if word == "none" else Status(word) for word in _words(text))


def _line(text: str) -> tuple[str, Expected]:
    name, states, roles, to = (cell.strip() for cell in text.split("|"))
    return name, Expected(_states(states), frozenset(map(Role, _words(roles))), to)


EXPECTED = dict(map(_line, TEXT.strip().splitlines()))

UNIT_LESS = frozenset(map(Status, ["reported", "verifying", "accepted", "filed"]))
"""States in which no department has the case yet."""
NEVER_DISPATCHED = UNIT_LESS | frozenset(map(Status, ["declined", "merged", "cancelled"]))
"""States whose history here holds no dispatch."""
WITHOUT_UNIT = {
    "case.attach_evidence": (UNIT_LESS, "NOT_YOUR_UNIT"),
    "case.escalate": (UNIT_LESS, "NOT_YOUR_UNIT"),
    "case.reply_supervision": (UNIT_LESS, "NOT_LEAD_UNIT"),
    "case.file_appeal": (NEVER_DISPATCHED, "NOT_YOUR_UNIT"),
}
"""What a handler hears where no department has, or had, the case."""
STRANGE_UNIT = {
    "case.report": "OUT_OF_SCOPE",
    "case.return": "NOT_LEAD_UNIT",
    "case.request_extension": "NOT_LEAD_UNIT",
    "case.handle": "NOT_LEAD_UNIT",
    "case.reply_supervision": "NOT_LEAD_UNIT",
    "case.report_assist_done": "NOT_ASSISTING_UNIT",
}
"""What a handler of another department hears; NOT_YOUR_UNIT where nothing is said."""
