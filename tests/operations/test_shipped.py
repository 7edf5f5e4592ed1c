"""Rules and dashboard speak of metrics that exist, and every alert leads to a page."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

import api.companion
import api.reactors.canary
import api.wiring  # noqa: F401 - registers the others
from api.settings import Settings

DOCS = Path(__file__).resolve().parents[2] / "docs"
SHIPPED = DOCS / "operations"
NAME = re.compile(r"\bquanke_[a-z_]+")
TESTS = ("alerts_test.yml", "alerts_days_test.yml")
SUFFIXES = ("", "_total", "_bucket", "_count", "_sum")


def metrics() -> set[str]:
    """Return our metrics by the names they are declared with."""
    return {family.name for family in REGISTRY.collect() if family.name.startswith("quanke_")}


def samples() -> set[str]:
    """Return every name under which a metric may be asked for."""
    return {name + suffix for name in metrics() for suffix in SUFFIXES}


@pytest.mark.parametrize("file", ["alerts.yml", TESTS[0], "dashboard.json"])
def test_only_metrics_that_exist_are_asked_for(file: str) -> None:
    asked = set(NAME.findall((SHIPPED / file).read_text("utf-8")))
    assert len(asked) > 5
    assert asked <= samples()


def test_every_metric_is_explained() -> None:
    explained = set(NAME.findall((DOCS / "operations.md").read_text("utf-8")))
    assert explained <= samples()
    for name in metrics():
        assert {name, f"{name}_total"} & explained, name


def test_every_setting_is_explained() -> None:
    page = (DOCS / "operations.md").read_text("utf-8")
    table = page.partition("## Every setting\n")[2].partition("\n## ")[0]
    own = {f"QUANKE_{name.upper()}" for name in Settings.model_fields} - {"QUANKE_DATABASE_URL"}
    assert set(re.findall(r"`(QUANKE_\w+)`", table)) == own


def test_every_alert_leads_to_its_page() -> None:
    rules = (SHIPPED / "alerts.yml").read_text("utf-8")
    alerts = re.findall(r"- alert: (\w+)", rules)
    runbooks = re.findall(r"runbook: operations\.md#(\w+)", rules)
    page = (DOCS / "operations.md").read_text("utf-8")
    headings = {heading.lower() for heading in re.findall(r"^### (\w+)", page, re.MULTILINE)}
    assert len(alerts) == len(runbooks) == 23
    assert set(runbooks) == headings


def test_every_alert_fires_and_is_silent_in_its_test() -> None:
    written = "".join((SHIPPED / one).read_text("utf-8") for one in TESTS)
    for alert in re.findall(r"- alert: (\w+)", (SHIPPED / "alerts.yml").read_text("utf-8")):
        assert f"alertname: {alert}, exp_alerts: []" in written, alert
    promtool = shutil.which("promtool")
    if promtool is None:
        missing = "promtool is not installed: apt-get install prometheus"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)
    for command in (["check", "rules", "alerts.yml"], ["test", "rules", *TESTS]):
        done = subprocess.run(
            [promtool, *command], cwd=SHIPPED, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_dashboard_can_be_imported() -> None:
    board = json.loads((SHIPPED / "dashboard.json").read_text("utf-8"))
    panels = [panel for panel in board["panels"] if panel["type"] != "row"]
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
    assert all(panel["datasource"]["uid"] == "${source}" for panel in panels)
    for one in panels:
        place = one["gridPos"]
        assert place["x"] + place["w"] <= 24, one["title"]
