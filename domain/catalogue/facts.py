"""What a rule about policy needs to know beside the owner's own catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.catalogue.state import Category
from domain.event import By


@dataclass(frozen=True, slots=True)
class CatalogueFacts:
    """`owner_scope` is None when the owner is no live area.

    `inherited` and `inherited_limits` are what the areas above the owner already
    say: categories by code, limits by (clock, category). `department_live` and
    `competent` are about the department that a rule names.
    """

    by: By
    owner_scope: str | None = None
    inherited: Mapping[str, Category] = field(default_factory=dict)
    inherited_limits: Mapping[tuple[str, str], str] = field(default_factory=dict)
    department_live: bool = False
    competent: bool = True
