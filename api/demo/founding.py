"""Found the district: areas, grids, departments, staff and policy as commands, in stages.

The commands of one stage do not depend on each other unless they go to the same
stream; then their order counts. The stages do.
"""

from api.demo import policy
from api.demo.bincheng import SOURCE, district
from api.demo.grids import drawings
from api.demo.staff import workers
from domain.calendar.china import publish_china
from domain.directory.commands import NameArea, OpenDepartment, SetCompetence
from domain.event import Command


def stages() -> list[list[Command]]:
    """Return every command that founds the demo district but one.

    The last worker is posted when the year is told (`seeding.py`): that says it is done.
    """
    staff = workers()
    return [
        [_district(), publish_china(policy.DISTRICT)],
        [*_townships()],
        [*_communities()],
        [*drawings(), *_departments()],
        [*policy.district_policy(), *(worker.appointment for worker in staff)],
        [*policy.township_policy(), *(worker.posting for worker in staff[:-1])],
    ]


def _district() -> NameArea:
    own = district()
    return NameArea(
        code=own.code, scope=own.scope, level="district", name=own.name, name_en=own.name_en,
        source=SOURCE,
    )  # fmt: skip


def _townships() -> list[NameArea]:
    own = district()
    return [
        NameArea(
            code=town.code, scope=town.scope, level="township", name=town.name,
            name_en=town.name_en, parent=own.code, source=SOURCE,
        )
        for town in own.townships
    ]  # fmt: skip


def _communities() -> list[NameArea]:
    return [
        NameArea(
            code=one.code, scope=one.scope, level="community", name=one.name,
            name_en=one.name_en, parent=one.code[:9], source=SOURCE,
        )
        for one in district().communities
    ]  # fmt: skip


def _departments() -> list[Command]:
    scope = district().scope
    opened: list[Command] = [
        OpenDepartment(
            department=office.id, name=office.name, name_en=office.name_en, scope=scope,
            kind=office.kind, source="P: ours, names to be confirmed",
        )
        for office in policy.offices()
    ]  # fmt: skip
    competent = policy.competences()
    return opened + [
        SetCompetence(department=office.id, categories=competent[office.id])
        for office in policy.offices()
    ]
