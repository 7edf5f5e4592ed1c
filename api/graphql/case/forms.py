"""What a form for each verb needs: its fields, their kinds, their words, their choices.

Made from the command's struct and its row of the table, like the inputs themselves, so
that a screen which draws its forms from here can't drift from what the rules ask.
"""

import types
from enum import Enum, StrEnum
from functools import cache
from typing import Any, Final, Union, get_args, get_origin

import msgspec
import strawberry
from strawberry.utils.str_converters import to_camel_case

from api.graphql.mutation.inputs import INSTANTS, hints_of
from api.graphql.mutation.words import FIELDS
from domain.case import commands as c
from domain.case.guards.triage import Coded
from domain.case.reasons import Finding, NoteKind, Satisfaction
from domain.case.table import TABLE
from domain.case.undo import UNDO
from domain.case.values import Channel, Severity, Tier
from domain.event import Command, Sealed
from domain.words import Kind, word

INSIDE: Final = frozenset(
    {
        c.WarnDeadline, c.PassDeadline, c.StateReport, c.StateAssignment, c.StateTarget,
        c.StateStatus, c.StateNote, c.StateClose, c.StateCorrection, c.FlagCase,
    }
)  # fmt: skip
"""Commands of the clock and of the import: sent by the platform itself, never by a caller."""
BULK: Final[tuple[type[Command], ...]] = (
    c.ReportCase, c.AcceptCase, c.DeclineCase, c.ClassifyCase, c.FileCase, c.MergeCase,
    c.DispatchCase, c.AcknowledgeCase, c.UrgeCase, c.CloseCase, c.CancelCase,
)  # fmt: skip
"""Commands that a surge asks for by the hundred."""


@strawberry.enum(description="What is put into a field of a form.")
class FieldKind(StrEnum):
    """How a screen asks for it."""

    TEXT = "text"
    LINE = "line"
    CHOICE = "choice"
    FLAG = "flag"
    NUMBER = "number"
    INSTANT = "instant"
    LIMIT = "limit"
    DEPARTMENT = "department"
    CATEGORY = "category"
    WORKER = "worker"
    ACCOUNT = "account"
    CASE = "case"
    APPEAL = "appeal"
    FIGURE = "figure"
    PLACE = "place"
    EVIDENCE = "evidence"
    PARTS = "parts"


KINDS: Final[dict[str, FieldKind]] = {
    **dict.fromkeys(INSTANTS, FieldKind.INSTANT),
    **dict.fromkeys(
        ("note", "reply", "conclusion", "description", "comment", "reason"), FieldKind.TEXT
    ),
    "department": FieldKind.DEPARTMENT,
    "category": FieldKind.CATEGORY,
    "worker": FieldKind.WORKER,
    "checker": FieldKind.ACCOUNT,
    "into": FieldKind.CASE,
    "other": FieldKind.CASE,
    "appeal": FieldKind.APPEAL,
    "figure": FieldKind.FIGURE,
    "place": FieldKind.PLACE,
    "evidence": FieldKind.EVIDENCE,
    "parts": FieldKind.PARTS,
    "distance_m": FieldKind.NUMBER,
    "limit": FieldKind.LIMIT,
}
TITLES: Final[dict[str, tuple[str, str]]] = {
    "appeal": ("申诉编号", "Appeal"),
    "category": ("类别", "Category"),
    "channel": ("来源渠道", "Channel"),
    "checker": ("核查人", "Checker"),
    "comment": ("评价意见", "Comment"),
    "conclusion": ("处置情况", "What was done"),
    "contact": ("联系方式", "Contact"),
    "contacted": ("已联系到上报人", "Reporter was reached"),
    "department": ("部门", "Department"),
    "description": ("情况描述", "Description"),
    "distance_m": ("相距（米）", "Distance in metres"),
    "evidence": ("照片或附件", "Pictures or files"),
    "exercise": ("演练", "Exercise"),
    "figure": ("指标", "Figure"),
    "into": ("并入事件", "Merge into"),
    "limit": ("新时限", "New limit"),
    "note": ("说明", "Note"),
    "other": ("疑似重复的事件", "Possible duplicate"),
    "parts": ("拆分为", "Parts"),
    "place": ("位置", "Place"),
    "reason": ("理由", "Reason"),
    "reply": ("答复", "Reply"),
    "reply_due": ("回复期限", "Reply due"),
    "result": ("核实结果", "Finding"),
    "review_at": ("复核时间", "Review at"),
    "satisfaction": ("满意度", "Satisfaction"),
    "severity": ("紧急程度", "Severity"),
    "solved": ("问题已解决", "Matter is solved"),
    "tier": ("层级", "Tier"),
    "until": ("延期至", "Until"),
    "upheld": ("支持申诉", "Uphold the appeal"),
    "worker": ("网格员", "Grid worker"),
}
"""What each field is called on a screen, zh and en."""
WORDS_OF: Final[dict[type[Enum], Kind]] = {
    Channel: Kind.CHANNEL, Severity: Kind.SEVERITY, Tier: Kind.TIER, Finding: Kind.FINDING,
    Satisfaction: Kind.SATISFACTION, NoteKind: Kind.NOTE_KIND,
}  # fmt: skip
"""Where an enum's words are; reasons otherwise."""


@strawberry.type(description="One of the words that a field may hold.")
class FieldOption:
    """What to send, and what people read."""

    value: str = strawberry.field(description="What to send.")
    title: str = strawberry.field(description="In Chinese.")
    title_en: str = strawberry.field(description="In English.")


@strawberry.type(description="One field of a command's input.")
class FormField:
    """What is asked for."""

    name: str = strawberry.field(description="Its name in the input.")
    kind: FieldKind = strawberry.field(description="What is put in.")
    required: bool = strawberry.field(description="Whether it must be given.")
    title: str = strawberry.field(description="What it is called, in Chinese.")
    title_en: str = strawberry.field(description="The same in English.")
    help: str = strawberry.field(description="What it means.")
    options: list[FieldOption] = strawberry.field(description="Its words, when it is a choice.")


@strawberry.type(description="A verb of the loop as a form.")
class CommandForm:
    """Everything a screen needs to offer a mutation on a case."""

    name: str = strawberry.field(description="Name of its mutation, such as acceptCase.")
    command: str = strawberry.field(description="Name of its command, such as case.accept.")
    title: str = strawberry.field(description="The verb in Chinese.")
    title_en: str = strawberry.field(description="The verb in English.")
    fields: list[FormField] = strawberry.field(description="What it asks for besides the case.")
    undo: str | None = strawberry.field(description="The mutation that compensates it.")
    bulk: str | None = strawberry.field(
        description="The mutation that does it for many cases at once, such as acceptCases."
    )


def mutation_name(command: type[Command]) -> str:
    """Return the field's name: acceptCase for AcceptCase."""
    name = command.__name__
    return name[0].lower() + name[1:]


def bulk_name(command: type[Command]) -> str:
    """Return what a command's form for many cases is called: acceptCases."""
    return f"{mutation_name(command)}s"


@cache
def command_forms() -> tuple[CommandForm, ...]:
    """Return the form of every command on cases that has a mutation, in the loop's order."""
    return tuple(_form(command) for command in c.COMMANDS if command not in INSIDE)


def _form(command: type[Command]) -> CommandForm:
    title = word(Kind.COMMAND, command.NAME)
    undo = UNDO.get(command)
    given = {field.name: field.required for field in msgspec.structs.fields(command)}
    return CommandForm(
        name=mutation_name(command),
        command=command.NAME,
        title=title.zh,
        title_en=title.en,
        fields=[_field(command, name, hint, given[name]) for name, hint in hints_of(command)],
        undo=None if undo is None else mutation_name(undo),
        bulk=bulk_name(command) if command in BULK else None,
    )


def _field(command: type[Command], name: str, hint: Any, required: bool) -> FormField:
    words = _words(command, name, hint)
    title = TITLES[name]
    return FormField(
        name=to_camel_case(name),
        kind=FieldKind.CHOICE if words is not None else _kind(name, hint),
        required=required,
        title=title[0],
        title_en=title[1],
        help=FIELDS[name],
        options=[] if words is None else _options(words, coded=_bare(hint) is str),
    )


def _words(command: type[Command], name: str, hint: Any) -> type[Enum] | None:
    """Return the words a field is one of: its enum, or what a guard of its row asks for."""
    bare = _bare(hint)
    if isinstance(bare, type) and issubclass(bare, Enum):
        return bare
    guards = (guard for guard in TABLE[command].guards if isinstance(guard, Coded))
    return next((guard.words for guard in guards if guard.field == name), None)


def _bare(hint: Any) -> Any:
    """Return a hint without its None and its sealed form."""
    if get_origin(hint) not in (Union, types.UnionType):
        return hint
    return next(arg for arg in get_args(hint) if arg not in (type(None), Sealed))


def _options(words: type[Enum], *, coded: bool) -> list[FieldOption]:
    kind = WORDS_OF.get(words, Kind.REASON)
    return [
        FieldOption(value=str(one.value) if coded else one.name, title=said.zh, title_en=said.en)
        for one in words
        for said in [word(kind, str(one.value))]
    ]


def _kind(name: str, hint: Any) -> FieldKind:
    return FieldKind.FLAG if hint is bool else KINDS.get(name, FieldKind.LINE)
