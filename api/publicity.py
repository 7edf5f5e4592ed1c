"""Which cases may leave the house: those of open categories, the rest never.

A code counts as closed as soon as one catalogue says so; a code that no catalogue knows
is not public either. Open311, export and webhooks all ask here.
"""

from api.reference import Reference
from domain.catalogue.state import Category


def public_categories(reference: Reference, scope: str = "") -> dict[str, Category]:
    """Return the open categories known at a scope by code, retired ones too."""
    known: dict[str, Category] = {}
    closed: set[str] = set()
    for catalogue in reference.catalogues.values():
        for code, category in catalogue.categories.items():
            if category.publicity != "open":
                closed.add(code)
            elif (found := reference.category(code, scope)) is not None:
                known[code] = found
    return {code: known[code] for code in sorted(known.keys() - closed)}
