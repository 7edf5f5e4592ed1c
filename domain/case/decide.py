"""The way in: a command meets the rules, and events or a refusal come out.

Order of checks, always the same: state, role, scope, guards (`table/`); then the
decision itself, which cannot refuse. Pure: time, numbers and ids come in as facts.
"""

from collections.abc import Callable
from typing import Any, Final

from domain.case import commands as c
from domain.case.decisions import checking, dispatch, handling, links, source, triage
from domain.case.events import EVENTS
from domain.case.evolve import evolve
from domain.case.facts import CaseFacts
from domain.case.refusals import RefusalCode
from domain.case.state import CaseState, initial
from domain.case.table import TABLE, Row
from domain.decider import Decider
from domain.errors import Rejected
from domain.event import Command, DomainEvent

Decision = Callable[[CaseState, Any, CaseFacts], list[DomainEvent]]

DECISIONS: Final[dict[type[Command], Decision]] = {
    c.ReportCase: triage.report,
    c.SelfHandleCase: triage.self_handle,
    c.RequestVerification: triage.request_verification,
    c.ReportVerification: triage.report_verification,
    c.AcceptCase: triage.accept,
    c.DeclineCase: triage.decline,
    c.FileCase: triage.file,
    c.RefuseFiling: triage.refuse_filing,
    c.ClassifyCase: triage.classify,
    c.RelocateCase: triage.relocate,
    c.SealContact: triage.seal_contact,
    c.SuggestDuplicate: links.suggest,
    c.MergeCase: links.merge,
    c.UnmergeCase: links.unmerge,
    c.SplitCase: links.split,
    c.DispatchCase: dispatch.dispatch,
    c.RedispatchCase: dispatch.redispatch,
    c.AcknowledgeCase: dispatch.acknowledge,
    c.ReturnCase: dispatch.return_,
    c.UpholdReturn: dispatch.uphold,
    c.RefuseReturn: dispatch.refuse,
    c.OpenJointHandling: dispatch.open_joint,
    c.AddAssist: dispatch.add_assist,
    c.NoteProgress: handling.note_progress,
    c.AttachEvidence: handling.attach,
    c.ReportAssistDone: handling.assist_done,
    c.RequestExtension: handling.request_extension,
    c.GrantExtension: handling.grant_extension,
    c.RefuseExtension: handling.refuse_extension,
    c.SuspendCase: handling.suspend,
    c.ResumeCase: handling.resume,
    c.EscalateCase: handling.escalate,
    c.ReturnCaseDown: handling.return_down,
    c.UrgeCase: handling.urge,
    c.ExpediteCase: handling.expedite,
    c.OrderSupervision: handling.order_supervision,
    c.ReplySupervision: handling.reply_supervision,
    c.WarnDeadline: handling.warn_deadline,
    c.PassDeadline: handling.pass_deadline,
    c.HandleCase: handling.handle,
    c.RequestCheck: checking.request_check,
    c.PassCheck: checking.pass_check,
    c.FailCheck: checking.fail_check,
    c.CloseCase: checking.close,
    c.ForceCloseCase: checking.force_close,
    c.SendFollowUp: checking.send_follow_up,
    c.GiveFeedback: checking.give_feedback,
    c.ReopenCase: checking.reopen,
    c.CancelCase: checking.cancel,
    c.FileAppeal: checking.file_appeal,
    c.DecideAppeal: checking.decide_appeal,
    c.StateReport: source.report,
    c.StateAssignment: source.assignment,
    c.StateTarget: source.target,
    c.StateStatus: source.status,
    c.StateNote: source.note,
    c.StateClose: source.close,
    c.StateCorrection: source.correct,
    c.FlagCase: source.flag,
}
_RULES: Final = {command: (row, DECISIONS[command]) for command, row in TABLE.items()}


def decide(state: CaseState, command: Command, facts: CaseFacts) -> list[DomainEvent]:
    """Return what happens to this case when the rules allow the command.

    An empty list means that nothing would change (only what a source states twice).
    Raises Rejected with a RefusalCode and the facts the rule looked at.
    """
    row, decision = _RULES[type(command)]
    _allow(row, state, command, facts)
    return decision(state, command, facts)


def decide_many(
    state: CaseState, command: Command, facts: CaseFacts
) -> dict[str, list[DomainEvent]]:
    """Return what happens to every case the command touches, by stream id, this one first.

    Needed for the commands in `table.MULTI` (merge, unmerge, split); right for all.
    """
    writes = {str(facts.case): decide(state, command, facts)}
    if isinstance(command, c.MergeCase):
        writes[command.into] = links.absorb(state, command, facts)
    elif isinstance(command, c.UnmergeCase):
        assert state.merged_into
        writes[state.merged_into] = links.release(state, command, facts)
    elif isinstance(command, c.SplitCase):
        for index, child in enumerate(facts.child_ids):
            writes[child] = [links.split_off(state, command, facts, index)]
    return writes


def _allow(row: Row, state: CaseState, command: Command, facts: CaseFacts) -> None:
    if state.status not in row.states:
        raise _wrong_state(row, state)
    relation = row.who.get(facts.by.role)
    if relation is None:
        raise Rejected(RefusalCode.ROLE_NOT_ALLOWED, role=facts.by.role, allowed=sorted(row.who))
    refusal = relation(state, command, facts)
    if refusal is not None:
        raise refusal
    for guard in row.guards:
        refusal = guard(state, command, facts)
        if refusal is not None:
            raise refusal


def _wrong_state(row: Row, state: CaseState) -> Rejected:
    if state.status is None:
        return Rejected(RefusalCode.NO_SUCH_CASE)
    if None in row.states:
        return Rejected(RefusalCode.CASE_EXISTS, number=state.number)
    allowed = sorted(status for status in row.states if status)
    return Rejected(RefusalCode.WRONG_STATE, state=state.status, allowed=allowed)


CASE: Final = Decider("case", initial, decide, evolve, c.COMMANDS, EVENTS)
