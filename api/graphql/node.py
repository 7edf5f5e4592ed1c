"""Relay's Node: whatever has an id that can be asked for again."""

import strawberry


@strawberry.interface(description="A thing with an id that can be asked for again (Relay).")
class Node:
    """Base of everything that `node` answers."""

    id: strawberry.ID = strawberry.field(description="Opaque id, the same for ever.")
