"""Words for people, in Chinese and English, for everything the domain can say.

Codes travel, words are for screens: `word(Kind.EVENT, "case.reported")`. One table per
kind; `docs/glossary.md` is written from them, and a test holds both complete.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from domain.words.commands import COMMANDS
from domain.words.events import EVENTS
from domain.words.fields import FIELDS
from domain.words.refusals import REFUSALS
from domain.words.values import (
    ACTIONS,
    ALARM_KINDS,
    ASSIGNMENT_STATES,
    CAUSES,
    CHANNELS,
    CLOCKS,
    DAY_KINDS,
    FIELD_CLASSES,
    FINDINGS,
    LIMIT_KINDS,
    NOTE_KINDS,
    PRIORITIES,
    PURPOSES,
    REASONS,
    ROLES,
    SATISFACTIONS,
    SEVERITIES,
    SHELVE_REASONS,
    SPAN_KINDS,
    STATES,
    TIERS,
    WARNINGS,
)


class Word(NamedTuple):
    """What a person reads."""

    zh: str
    en: str


class Kind(StrEnum):
    """What kind of thing is named."""

    EVENT = "event"
    COMMAND = "command"
    STATE = "state"
    ASSIGNMENT_STATE = "assignment_state"
    CLOCK = "clock"
    LIMIT_KIND = "limit_kind"
    ROLE = "role"
    CHANNEL = "channel"
    SEVERITY = "severity"
    TIER = "tier"
    REASON = "reason"
    FINDING = "finding"
    SATISFACTION = "satisfaction"
    NOTE_KIND = "note_kind"
    SPAN_KIND = "span_kind"
    DAY_KIND = "day_kind"
    CLOCK_WARNING = "clock_warning"
    ACTION = "action"
    FIELD_CLASS = "field_class"
    PURPOSE = "purpose"
    CAUSE = "cause"
    REFUSAL = "refusal"
    ALARM_KIND = "alarm_kind"
    PRIORITY = "priority"
    SHELVE_REASON = "shelve_reason"
    FIELD = "field"


_TABLES: Final[Mapping[Kind, Mapping[str, tuple[str, str]]]] = {
    Kind.EVENT: EVENTS,
    Kind.COMMAND: COMMANDS,
    Kind.STATE: STATES,
    Kind.ASSIGNMENT_STATE: ASSIGNMENT_STATES,
    Kind.CLOCK: CLOCKS,
    Kind.LIMIT_KIND: LIMIT_KINDS,
    Kind.ROLE: ROLES,
    Kind.CHANNEL: CHANNELS,
    Kind.SEVERITY: SEVERITIES,
    Kind.TIER: TIERS,
    Kind.REASON: REASONS,
    Kind.FINDING: FINDINGS,
    Kind.SATISFACTION: SATISFACTIONS,
    Kind.NOTE_KIND: NOTE_KINDS,
    Kind.SPAN_KIND: SPAN_KINDS,
    Kind.DAY_KIND: DAY_KINDS,
    Kind.CLOCK_WARNING: WARNINGS,
    Kind.ACTION: ACTIONS,
    Kind.FIELD_CLASS: FIELD_CLASSES,
    Kind.PURPOSE: PURPOSES,
    Kind.CAUSE: CAUSES,
    Kind.REFUSAL: REFUSALS,
    Kind.ALARM_KIND: ALARM_KINDS,
    Kind.PRIORITY: PRIORITIES,
    Kind.SHELVE_REASON: SHELVE_REASONS,
    Kind.FIELD: FIELDS,
}
WORDS: Final[Mapping[Kind, Mapping[str, Word]]] = {
    kind: {code: Word(*pair) for code, pair in table.items()} for kind, table in _TABLES.items()
}
"""Every kind's table: code → (zh, en)."""


def word(kind: Kind, code: str) -> Word:
    """Return the words for a code; the code itself, twice, where it has none yet."""
    return WORDS[kind].get(code) or Word(code, code)
