"""Every read model, in the order in which a page is written: an explicit tuple."""

from pathlib import Path
from typing import Final

from projections.alarm_list.project import MODEL as ALARM_LIST
from projections.alert_list.project import MODEL as ALERT_LIST
from projections.appeal_list.project import MODEL as APPEAL_LIST
from projections.area_load.project import MODEL as AREA_LOAD
from projections.case_board.project import MODEL as CASE_BOARD
from projections.case_past.project import MODEL as CASE_PAST
from projections.case_timeline.project import MODEL as CASE_TIMELINE
from projections.deadline_list.project import MODEL as DEADLINE_LIST
from projections.department_load.project import MODEL as DEPARTMENT_LOAD
from projections.feed.project import MODEL as FEED
from projections.figures.measure import MODEL as FIGURES
from projections.grid_load.project import MODEL as GRID_LOAD
from projections.named import live_schema
from projections.personal_reads.project import MODEL as PERSONAL_READS
from projections.port import ReadModel
from projections.stage_funnel.project import MODEL as STAGE_FUNNEL

READ_MODELS: Final[tuple[ReadModel, ...]] = (
    CASE_BOARD,
    CASE_PAST,
    CASE_TIMELINE,
    GRID_LOAD,
    DEPARTMENT_LOAD,
    AREA_LOAD,
    STAGE_FUNNEL,
    DEADLINE_LIST,
    FEED,
    FIGURES,
    PERSONAL_READS,
    ALARM_LIST,
    ALERT_LIST,
    APPEAL_LIST,
)
_FOLDER: Final = Path(__file__).parent


def schema_of(model: ReadModel) -> str:
    """Return the schema in which a read model's live tables lie."""
    return live_schema(model.name, model.version)


def tables_sql(model: ReadModel, schema: str) -> str:
    """Return the statements that make a read model's tables in a schema."""
    return _text(model, "schema.sql", schema)


def indexes_sql(model: ReadModel, schema: str) -> str:
    """Return the statements that make its secondary indexes; may be empty."""
    return _text(model, "indexes.sql", schema)


def _text(model: ReadModel, file: str, schema: str) -> str:
    path = _FOLDER / model.name / file
    return path.read_text(encoding="utf-8").replace(":schema", schema) if path.exists() else ""
