"""What each argument and each value of an enum means, said once for all fields that take it.

An argument is called the same wherever it means the same, so its words hang on its name;
where one field means something of its own, it says so itself. Values of the domain have the
domain's words, Chinese and English, as screens show them.
"""

from collections.abc import Mapping
from typing import Final

from graphql import GraphQLEnumType, GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema

from domain.words import Kind, word

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


ENUMS: Final[Mapping[str, Kind]] = {
    "Channel": Kind.CHANNEL,
    "Clock": Kind.CLOCK,
    "Purpose": Kind.PURPOSE,
    "Severity": Kind.SEVERITY,
    "Status": Kind.STATE,
    "Tier": Kind.TIER,
}
"""Enums whose values have words of the domain."""
VALUES: Final[Mapping[str, Mapping[str, str]]] = {
    "AlertState": {
        "OPEN": "Nobody has looked at it.",
        "CONFIRMED": "Somebody saw it; it became a case.",
        "DISMISSED": "It was nothing, for a coded reason.",
    },
    "CaseOrder": {
        "REPORTED": "The newest first.",
        "UPDATED": "Those that moved last first.",
        "DUE": "Open cases with a running clock, the earliest due first.",
    },
    "ChangeSeverity": {
        "BREAKING": "Some callers fail until they change.",
        "DANGEROUS": "No caller fails, but some may meet what they did not reckon with.",
    },
    "FieldKind": {
        "TEXT": "Several lines.",
        "LINE": "One line.",
        "CHOICE": "One of the field's choices.",
        "FLAG": "Yes or no.",
        "NUMBER": "A whole number.",
        "INSTANT": "An instant.",
        "LIMIT": "A number of days or hours and how they are counted.",
        "DEPARTMENT": "A department, by its own id.",
        "CATEGORY": "A category, by its code.",
        "WORKER": "A grid worker, by account.",
        "ACCOUNT": "An account.",
        "CASE": "A case, by id.",
        "APPEAL": "An appeal of the case that nobody has decided.",
        "FIGURE": "A figure by its code, see figureDefinitions.",
        "PLACE": "A point, a grid or an area.",
        "EVIDENCE": "Pictures that were sent before.",
        "PARTS": "The parts a case is split into.",
    },
    "FigureLevel": {
        "DEPARTMENT": "Each department.",
        "DISTRICT": "Each district.",
        "TOWNSHIP": "Each township.",
        "COMMUNITY": "Each community.",
        "GRID": "Each grid.",
    },
    "ReplayOrder": {
        "EFFECTIVE": "By when things happened, as known now.",
        "RECORDED": "By when the log was told of them.",
    },
}
"""Enums of the API's own."""


def describe(schema: GraphQLSchema) -> GraphQLSchema:
    """Give every argument without words of its own those of its name, and every value its own."""
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLEnumType):
            _describe_values(kind)
        if not isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            continue
        for field in kind.fields.values():
            for name, argument in field.args.items():
                if not argument.description:
                    argument.description = WORDS.get(name)
    return schema


def _describe_values(kind: GraphQLEnumType) -> None:
    of_domain, own = ENUMS.get(kind.name), VALUES.get(kind.name, {})
    for name, value in kind.values.items():
        if of_domain is not None:
            value.description = " · ".join(word(of_domain, str(value.value)))
        elif name in own:
            value.description = own[name]
