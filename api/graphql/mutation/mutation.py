"""The root type of mutations: one field per command, bulk forms, claims, alarms, privacy."""

from typing import Final

from strawberry.tools import create_type

from api.graphql.alarm.mutations import FIELDS as ALARM
from api.graphql.case.claiming import claim_field
from api.graphql.case.forms import BULK
from api.graphql.mutation.bulk import bulk_field
from api.graphql.mutation.fields import commands, field_of
from api.graphql.privacy.mutations import FIELDS as PRIVACY

Mutation: Final = create_type(
    "Mutation",
    [
        *(field_of(command) for command in commands()),
        *(bulk_field(command) for command in BULK),
        claim_field(),
        *ALARM,
        *PRIVACY,
    ],
    description="One field per command; business refusals are userErrors, never errors.",
)
