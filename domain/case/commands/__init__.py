"""What somebody wants done with a case: one frozen struct per verb of the loop.

One file per stage, as everywhere in this folder. The docstring is the command's description
wherever it is offered. Text is clear here and sealed on its way into the log. Who may send
which, in which state and under which guards, stands in `table/`; what each guard looks at
besides the state is in `facts.py`. The commands of the import (`State…`) put on record only
what a source says.
"""

from typing import Final

from domain.case.commands import checking, dispatch, handling, links, source, triage
from domain.case.commands.checking import (
    CancelCase,
    CloseCase,
    DecideAppeal,
    FailCheck,
    FileAppeal,
    ForceCloseCase,
    GiveFeedback,
    PassCheck,
    ReopenCase,
    RequestCheck,
    SendFollowUp,
)
from domain.case.commands.dispatch import (
    AcknowledgeCase,
    AddAssist,
    DispatchCase,
    OpenJointHandling,
    RedispatchCase,
    RefuseReturn,
    ReturnCase,
    UpholdReturn,
)
from domain.case.commands.handling import (
    AttachEvidence,
    EscalateCase,
    ExpediteCase,
    GrantExtension,
    HandleCase,
    NoteProgress,
    OrderSupervision,
    PassDeadline,
    RefuseExtension,
    ReplySupervision,
    ReportAssistDone,
    RequestExtension,
    ResumeCase,
    ReturnCaseDown,
    SuspendCase,
    UrgeCase,
    WarnDeadline,
)
from domain.case.commands.links import (
    MergeCase,
    Part,
    SplitCase,
    SuggestDuplicate,
    UnmergeCase,
)
from domain.case.commands.source import (
    FlagCase,
    StateAssignment,
    StateClose,
    StateCorrection,
    StateNote,
    StateReport,
    StateStatus,
    StateTarget,
)
from domain.case.commands.triage import (
    AcceptCase,
    ClassifyCase,
    DeclineCase,
    FileCase,
    RefuseFiling,
    RelocateCase,
    ReportCase,
    ReportVerification,
    RequestVerification,
    SealContact,
    SelfHandleCase,
)
from domain.event import Command

STAGES: Final = (triage, links, dispatch, handling, checking, source)
COMMANDS: Final[tuple[type[Command], ...]] = tuple(
    value
    for stage in STAGES
    for value in vars(stage).values()
    if isinstance(value, type) and issubclass(value, Command) and value is not Command
)
"""All commands, in the order of the loop."""
__all__ = [
    "COMMANDS",
    "AcceptCase",
    "AcknowledgeCase",
    "AddAssist",
    "AttachEvidence",
    "CancelCase",
    "ClassifyCase",
    "CloseCase",
    "DecideAppeal",
    "DeclineCase",
    "DispatchCase",
    "EscalateCase",
    "ExpediteCase",
    "FailCheck",
    "FileAppeal",
    "FileCase",
    "FlagCase",
    "ForceCloseCase",
    "GiveFeedback",
    "GrantExtension",
    "HandleCase",
    "MergeCase",
    "NoteProgress",
    "OpenJointHandling",
    "OrderSupervision",
    "Part",
    "PassCheck",
    "PassDeadline",
    "RedispatchCase",
    "RefuseExtension",
    "RefuseFiling",
    "RefuseReturn",
    "RelocateCase",
    "ReopenCase",
    "ReplySupervision",
    "ReportAssistDone",
    "ReportCase",
    "ReportVerification",
    "RequestCheck",
    "RequestExtension",
    "RequestVerification",
    "ResumeCase",
    "ReturnCase",
    "ReturnCaseDown",
    "SealContact",
    "SelfHandleCase",
    "SendFollowUp",
    "SplitCase",
    "StateAssignment",
    "StateClose",
    "StateCorrection",
    "StateNote",
    "StateReport",
    "StateStatus",
    "StateTarget",
    "SuggestDuplicate",
    "SuspendCase",
    "UnmergeCase",
    "UpholdReturn",
    "UrgeCase",
    "WarnDeadline",
]
