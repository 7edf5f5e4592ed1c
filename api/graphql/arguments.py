"""What each argument means, said once for all fields that take it.

An argument is called the same wherever it means the same, so its words hang on its name;
where one field means something of its own, it says so itself.
"""

from typing import Final

from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema

WORDS: Final[dict[str, str]] = {
    "after": "Go on just after this: a cursor, or a position of the log.",
    "all": "Closed ones too.",
    "case": "Id of the case.",
    "clock": "Of this stage only.",
    "codes": "These figures only, such as K7.",
    "department": "Of this department only; its own id, as commands call it.",
    "depth": "1 for districts, 2 for townships, 3 for communities.",
    "dueBefore": "Ending before this instant.",
    "filter": "Which; what is left out does not filter.",
    "first": "How many at most.",
    "grid": "Code of the grid.",
    "id": "The id.",
    "ids": "The ids, 100 at most.",
    "input": "What the command needs.",
    "lat": "Latitude in degrees, WGS 84.",
    "level": "For whom: each department, or each area of a depth.",
    "lon": "Longitude in degrees, WGS 84.",
    "number": "The number people know it by.",
    "orderBy": "In this order.",
    "passed": "Only those that have passed, or only those that have not.",
    "purpose": "What it is read for; sensitive fields ask for it, and it is written down.",
    "reader": "Account of the reader.",
    "release": "Let go of it instead.",
    "scope": "Inside this scope: area codes joined and ended by dots; your own without one.",
    "since": "From this instant on.",
    "streams": "Of these streams only.",
    "subject": "Whose.",
    "takeOver": "Even if somebody else is on it.",
    "types": "Of these topics only, such as case.reported.",
    "until": "Before this instant.",
    "withTotal": "Count all that the filter lets through; costs more.",
}


def describe(schema: GraphQLSchema) -> GraphQLSchema:
    """Give every argument without words of its own those of its name."""
    for kind in schema.type_map.values():
        if not isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            continue
        for field in kind.fields.values():
            for name, argument in field.args.items():
                if not argument.description:
                    argument.description = WORDS.get(name)
    return schema
