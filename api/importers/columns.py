"""Each source's own fields, with every name a portal has published them under.

Data, not code: a portal renames a column, one name is added here. Order matters and
only grows at the end, because a row's digest holds one mark per field in this order.
Names are compared without case, blanks and punctuation.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a source: its name in flags, how it is read, its published names.

    `kind` is id, time, text, plain, degree, point or tree. `states` says that we
    write what it states; the others only take part in the row's digest.
    """

    name: str
    kind: str
    names: tuple[str, ...]
    states: bool = False


def _fields(table: str) -> tuple[Field, ...]:
    """Read `name kind[!] published | published …` lines; `!` marks what we write."""
    found = []
    for line in table.strip().splitlines():
        name, kind, rest = line.split(maxsplit=2)
        names = tuple(part.strip() for part in rest.split("|"))
        found.append(Field(name, kind.rstrip("!"), names, kind.endswith("!")))
    return tuple(found)


BOSTON: Final = _fields("""
    case_enquiry_id  id!     CASE_ENQUIRY_ID | case_id
    open_dt          time!   OPEN_DT | open_date
    target_dt        time!   TARGET_DT | sla_target_dt | target_close_date
    closed_dt        time!   CLOSED_DT | close_date | closed_date
    on_time          plain   OnTime_Status | on_time
    case_status      plain!  CASE_STATUS
    closure_reason   text!   CLOSURE_REASON
    case_title       text!   CASE_TITLE | case_topic
    subject          plain   SUBJECT
    reason           plain   REASON
    type             plain!  TYPE | service_name
    queue            plain   QUEUE | assigned_team
    department       plain!  Department | assigned_department
    submitted_photo  plain   SubmittedPhoto | submitted_photo
    closed_photo     plain   ClosedPhoto | closed_photo
    location         text!   Location | full_address
    fire_district    plain   fire_district
    pwd_district     plain   pwd_district | public_works_district
    city_council_district plain city_council_district
    police_district  plain   police_district
    neighborhood     plain!  neighborhood
    neighborhood_services_district plain neighborhood_services_district
    ward             ward!   ward
    precinct         plain!  precinct
    land_usage       plain   land_usage
    street           plain   LOCATION_STREET_NAME | street_name
    zipcode          plain   LOCATION_ZIPCODE | zip_code
    property_type    plain   Property_Type
    property_id      plain   Property_ID
    latitude         degree! LATITUDE
    longitude        degree! LONGITUDE
    source           plain   Source | report_source
    geocoded_location point  Geocoded_Location
    closure_comments text    closure_comments
    street_number    plain   street_number
""")

NYC: Final = _fields("""
    unique_key       id!     Unique Key
    created_date     time!   Created Date
    closed_date      time!   Closed Date
    agency           plain!  Agency
    agency_name      plain!  Agency Name
    complaint_type   plain!  Complaint Type | Problem (formerly Complaint Type) | Problem
    descriptor       text!   Descriptor | Problem Detail (formerly Descriptor) | Problem Detail
    location_type    plain   Location Type
    incident_zip     plain!  Incident Zip
    incident_address text!   Incident Address
    street_name      plain   Street Name
    cross_street_1   plain   Cross Street 1
    cross_street_2   plain   Cross Street 2
    intersection_street_1 plain Intersection Street 1
    intersection_street_2 plain Intersection Street 2
    address_type     plain   Address Type
    city             plain   City
    landmark         plain   Landmark
    facility_type    plain   Facility Type
    status           plain!  Status
    due_date         time!   Due Date
    resolution_description text! Resolution Description
    resolution_action_updated_date time! Resolution Action Updated Date
    community_board  plain!  Community Board
    bbl              plain   BBL
    borough          plain!  Borough
    x_coordinate     plain   X Coordinate (State Plane) | x_coordinate
    y_coordinate     plain   Y Coordinate (State Plane) | y_coordinate
    channel          plain   Open Data Channel Type
    park_facility_name plain Park Facility Name
    park_borough     plain   Park Borough
    vehicle_type     plain   Vehicle Type
    taxi_company_borough plain Taxi Company Borough
    taxi_pick_up_location plain Taxi Pick Up Location | taxi_pickup_location
    bridge_highway_name plain Bridge Highway Name
    bridge_highway_direction plain Bridge Highway Direction
    road_ramp        plain   Road Ramp
    bridge_highway_segment plain Bridge Highway Segment
    latitude         degree! Latitude
    longitude        degree! Longitude
    location         point   Location
    descriptor_2     text    Descriptor 2 | Additional Details
    council_district plain   Council District
    police_precinct  plain   Police Precinct
""")

OPEN311: Final = _fields("""
    service_request_id id!   service_request_id | service_request | id
    status           plain!  status
    status_notes     text!   status_notes | status_description
    service_name     plain!  service_name
    service_code     plain!  service_code
    description      text!   description
    agency_responsible plain! agency_responsible
    service_notice   text    service_notice
    requested_datetime time! requested_datetime | requested_date
    updated_datetime time!   updated_datetime | updated_date
    expected_datetime time!  expected_datetime | expected_date
    closed_datetime  time!   closed_datetime | closed_date
    address          text!   address
    address_id       plain   address_id
    zipcode          plain!  zipcode | zip
    latitude         degree! lat | latitude
    longitude        degree! long | lon | lng | longitude
    media_url        plain   media_url
    notes            tree!   notes
    extended_attributes tree extended_attributes
    attributes       tree    attributes
    source           plain   source
""")

OPEN311_SERVICE: Final = _fields("""
    service_code     id!     service_code
    service_name     plain!  service_name
    description      text    description
    metadata         plain   metadata
    type             plain   type
    keywords         plain   keywords
    group            plain   group
""")

_NOISE: Final = re.compile(r"[\W_]+")


@lru_cache(maxsize=4096)
def key_of(name: str) -> str:
    """Return a published name without case, blanks and punctuation."""
    return _NOISE.sub("", name).lower()


@lru_cache(maxsize=16)
def _by_key(fields: tuple[Field, ...]) -> Mapping[str, Field]:
    found: dict[str, Field] = {}
    for field in fields:
        for name in (field.name, *field.names):
            found.setdefault(key_of(name), field)
    return found


def matched(header: Iterable[str], fields: tuple[Field, ...]) -> dict[str, Field]:
    """Return which field each published name is; names nobody knows are left out.

    The first of two columns that mean the same field counts.
    """
    table, taken, found = _by_key(fields), set[str](), dict[str, Field]()
    for name in header:
        field = table.get(key_of(name))
        if field is not None and field.name not in taken:
            taken.add(field.name)
            found[name] = field
    return found


def official(fields: tuple[Field, ...], name: str) -> str:
    """Return the first published name of a field, for messages."""
    return next(field.names[0] for field in fields if field.name == name)
