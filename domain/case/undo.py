"""What takes a verb back: never a deletion, always the loop's own compensating verb."""

from collections.abc import Mapping
from typing import Final

from domain.case import commands as c
from domain.event import Command

UNDO: Final[Mapping[type[Command], type[Command]]] = {
    c.ClassifyCase: c.ClassifyCase,
    c.RelocateCase: c.RelocateCase,
    c.MergeCase: c.UnmergeCase,
    c.DispatchCase: c.RedispatchCase,
    c.RedispatchCase: c.RedispatchCase,
    c.AcknowledgeCase: c.ReturnCase,
    c.SuspendCase: c.ResumeCase,
    c.EscalateCase: c.ReturnCaseDown,
    c.ReturnCaseDown: c.EscalateCase,
    c.CloseCase: c.ReopenCase,
    c.ForceCloseCase: c.ReopenCase,
}
"""Verb → the verb that compensates it; whether it may be sent now, the table says."""
