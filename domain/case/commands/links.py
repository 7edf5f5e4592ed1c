"""Duplicates, merges and splits: cases that become one, one that becomes several."""

from typing import ClassVar

import msgspec

from domain.case.values import Place
from domain.event import Command


class SuggestDuplicate(Command, frozen=True, kw_only=True):
    """疑似重复 Point to another case that may be the same."""

    NAME: ClassVar[str] = "case.suggest_duplicate"
    other: str
    distance_m: int
    reason: str = ""


class MergeCase(Command, frozen=True, kw_only=True):
    """合并 Merge this case into another open one near by; its clocks stop."""

    NAME: ClassVar[str] = "case.merge"
    into: str


class UnmergeCase(Command, frozen=True, kw_only=True):
    """撤销合并 Take the case out again: the same day, or any time by the duty leader."""

    NAME: ClassVar[str] = "case.unmerge"


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One part of a split: its category, and where it differs, its place."""

    category: str
    place: Place | None = None
    description: str | None = None


class SplitCase(Command, frozen=True, kw_only=True):
    """拆分 Split the case into parts that are dispatched on their own."""

    NAME: ClassVar[str] = "case.split"
    parts: tuple[Part, ...]
