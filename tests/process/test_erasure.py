"""Words planted through every door are found nowhere once their subjects are erased.

A real platform with its logs, a picture store, an import, the command line; then the data
directory with its write-ahead log, the logs, exports and a later backup are searched as raw
bytes. The same search finds what was planted in the clear, so it can find something.
"""

import gzip
import io
import json
import os
from base64 import b64encode
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from PIL import Image
from websockets.sync.client import connect

from api.auth.signing import signing_key
from api.auth.tokens import make_token
from api.database.layout import Layout
from api.graphql.ids import case_key
from domain.actor import Role
from domain.streams import imported_case_stream
from eventlog.tlog.notes import parse_vkey
from eventlog.tlog.receipt import check_receipt, parse_receipt
from tests.api.ground import GRID, OTHER_GRID
from tests.api.pictures import headers
from tests.process.commands import quanke
from tests.process.platform import Asking, found_district, running
from tests.process.scanning import forms, scan

NAMES = (
    "欧阳琇莹", "司徒韫玉", "诸葛琬琰", "令狐璟雯", "慕容翊帆", "上官蕴藉", "端木笃行", "夏侯煦和",
    "皇甫清越", "尉迟映雪", "公孙澹宁", "轩辕稚圭", "呼延若谷", "钟离采薇", "宇文怀瑾", "鲜于亦鸣",
)  # fmt: skip
CONTROL = "控制标记clear27"
TEXT = "query($id: ID!) { case(id: $id) { text { description address } } }"
CONTACT = "query($id: ID!) { case(id: $id) { contact(purpose: CALL_BACK) } }"
LINK = "query($id: ID!) { case(id: $id) { rateLink } }"
MANY = """mutation($i: [ReportCaseInput!]!) { reportCases(inputs: $i) {
    done results { case { id } } } }"""
FEED = "subscription($f: CaseFilter) { caseFeed(filter: $f) { __typename } }"
COMMAND_S = 120.0


def words() -> dict[str, str]:
    """Names, telephone numbers and addresses nobody has, one for each door."""
    names = iter(NAMES)
    return {
        "variables": f"{next(names)}打来电话", "inline": f"{next(names)}写在文中",
        "contact": "13871590426", "later contact": "+86 133-5264-9071",
        "address": "黄河十二路渤海廿七街4号楼", "reply": f"{next(names)}无法联系",
        "refused": f"{next(names)}的要求被拒", "unparsed": f"{next(names)}写错了语法",
        "wrong type": "15046237798", "broken body": f"{next(names)}的请求断了",
        "path": f"{next(names)}在网址里", "socket": "18926640351", "upload": "17733059284",
        "imported": "Wilhelmina Quackenbush", "imported address": "4711 Zzyzx Crescent",
        "open311": "Thelonious Featherstonehaugh", "open311 phone": "19907715326",
        "worker": f"{next(names)}", "dismissed": "因13098872165举报解聘",
        "account": "东方既白", "login": "c4" * 20 + "9b" * 12,
        "bulk": f"{next(names)}一并上报", "resident": f"{next(names)}自己上报",
        "conclusion": f"{next(names)}家已清理", "rating": f"{next(names)}说还没好",
        "rating nobody took": f"{next(names)}的评价", "address line": f"{next(names)}",
        "poll": f"{next(names)}", "followed": f"{next(names)}",
        "signed in as": "13360987245", "password": "Correct-Horse-9f3kq",
    }  # fmt: skip


def noise() -> bytes:
    """A picture like no other."""
    written = io.BytesIO()
    Image.frombytes("RGB", (96, 96), os.urandom(96 * 96 * 3)).save(written, "JPEG", quality=90)
    return written.getvalue()


def done(*arguments: str) -> str:
    answer = quanke(*arguments, timeout_s=COMMAND_S)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def exported(officer: Asking, subject: str) -> str:
    query = """mutation($s: String!) { exportSubject(subject: $s) {
        document userErrors { code } } }"""
    document: str = officer.ask(query, s=subject)["exportSubject"]["document"]
    return document


class Planting:
    """Puts every word in by its door, and knows whose it is."""

    def __init__(self, url: str, data: Path, home: Path) -> None:
        self.said = words()
        self.photos: dict[str, bytes] = {}
        self.data, self.home = data, home
        self.acceptor = Asking(url, data, Role.ACCEPTOR)
        self.admin = Asking(url, data, Role.ADMINISTRATOR)
        self.subjects: list[str] = []
        self.cases: list[str] = []

    @property
    def planted(self) -> dict[str, str | bytes]:
        """All that must not be found."""
        return {**self.said, **self.photos}

    def all(self) -> None:
        """Plant everything."""
        self.reports()
        self.picture()
        self.refusals()
        self.broken()
        self.imported()
        self.open311()
        self.worker()
        self.account()
        self.many()
        self.resident()
        self.around()
        self.asked()
        self.in_the_clear()

    def _as(self, role: Role, unit: str | None = None) -> Asking:
        found = Asking(self.acceptor.url, self.data, role)
        key = signing_key(self.data / "keys")
        found.token = make_token(key, role.value, "371602.", unit)
        return found

    def _case(self, payload: dict[str, Any]) -> str:
        case: str = payload["case"]["id"]
        self.cases.append(case)
        self.subjects.append(f"case:{case_key(case)}")
        return case

    def reports(self) -> None:
        said = self.said
        case = self._case(
            self.acceptor.report(
                said["variables"], contact=said["contact"],
                place={"grid": GRID, "address": said["address"]},
            )
        )  # fmt: skip
        sealed = self.acceptor.do("sealContact", case=case, contact=said["later contact"])
        assert sealed["userErrors"] == []
        inline = f"""mutation {{ reportCase(input: {{ clientMutationId: "{uuid4()}"
            channel: HOTLINE category: "06010" place: {{ grid: "{GRID}" }}
            description: "{said["inline"]}" }}) {{ case {{ id }} userErrors {{ code }} }} }}"""
        other = self._case(self.acceptor.ask(inline)["reportCase"])
        reply = {"reason": "too_vague", "reply": said["reply"]}
        assert self.acceptor.do("declineCase", case=other, **reply)["userErrors"] == []
        for one in (case, other):
            self.acceptor.ask(TEXT, id=one)
            self.acceptor.ask(CONTACT, id=one)

    def picture(self) -> None:
        sent = noise()
        answer = self.acceptor.send("POST", "/attachments", content=sent, headers=headers(sent))
        assert answer.status_code == 201, answer.text
        evidence = [{"sha256": answer.json()["sha256"], "kind": "before"}]
        self._case(self.acceptor.report("有照片", evidence=evidence))
        shown = self.acceptor.send("GET", f"/attachments/{answer.json()['id']}")
        assert shown.status_code == 200, shown.text
        self.photos["photo as sent"] = sent[-200:-140]
        self.photos["photo as kept"] = shown.content[-200:-140]
        spoilt = {**headers(sent), "content-digest": headers(b"x")["content-digest"]}
        body = self.said["upload"].encode() + sent
        assert self.acceptor.send(
            "POST", "/attachments", content=body, headers=spoilt
        ).status_code == 400  # fmt: skip

    def refusals(self) -> None:
        refused = self.acceptor.do(
            "reportCase", channel="HOTLINE", category="99999", place={"grid": GRID},
            description=self.said["refused"],
        )  # fmt: skip
        assert [one["code"] for one in refused["userErrors"]] == ["UNKNOWN_CATEGORY"]

    def broken(self) -> None:
        said = self.said
        assert "errors" in self.acceptor.post(f'mutation {{ reportCase(input: "{said["unparsed"]}')
        asked = "query($n: Int!) { cases(first: $n) { nodes { id } } }"
        assert "errors" in self.acceptor.post(asked, n=said["wrong type"])
        body = f'{{"query": "{said["broken body"]}"'.encode()
        typed = {"content-type": "application/json"}
        assert self.acceptor.send("POST", "/graphql", content=body, headers=typed).is_error
        assert self.acceptor.send("GET", f"/nowhere/{said['path']}?q={said['path']}").is_error
        where = self.acceptor.url.replace("http", "ws") + "/graphql"
        with connect(where, subprotocols=["graphql-transport-ws"]) as socket:  # type: ignore[list-item]
            socket.send(f'{{"type": "{said["socket"]}", "payload": {{')
            with pytest.raises(Exception, match="44"):
                socket.recv(10)

    def imported(self) -> None:
        rows = [{
            "service_request_id": "77-000001", "status": "open", "service_code": "POT-1",
            "service_name": "Pothole", "requested_datetime": "2026-05-10T14:00:00Z",
            "description": self.said["imported"], "address": self.said["imported address"],
            "lat": 41.858726, "long": -87.664752, "agency_responsible": "Streets",
        }]  # fmt: skip
        file = self.home / "in.json"
        file.write_text(json.dumps(rows))
        done("import", str(file), "--source", "open311", "--data", str(self.data))
        file.unlink()
        self.subjects.append(f"case:{imported_case_stream('open311', '77-000001')}")

    def open311(self) -> None:
        form = {
            "service_code": "06010", "description": self.said["open311"], "address_id": GRID,
            "phone": self.said["open311 phone"], "api_key": self.acceptor.token,
        }  # fmt: skip
        answer = self.acceptor.send("POST", "/open311/v2/requests.json", data=form)
        assert answer.status_code == 201, answer.text
        (told,) = answer.json()
        self.subjects.append(told["service_request_id"])

    def worker(self) -> None:
        place = {"kind": "full_time", "scope": "371602.005.036."}
        for mutation, given in (
            ("appointWorker", {"worker": "w27", "name": self.said["worker"], **place}),
            ("dismissWorker", {"worker": "w27", "reason": self.said["dismissed"]}),
        ):
            assert self.admin.do(mutation, **given)["userErrors"] == []
        self.subjects.append("worker:w27")

    def account(self) -> None:
        given = {"account": "acct:27", "kind": "person", "scope": "371602."}
        for mutation, said in (
            ("openAccount", {**given, "name": self.said["account"]}),
            ("linkIdentity", {"account": "acct:27", "issuer": "https://id.example",
                              "identity": self.said["login"]}),
        ):  # fmt: skip
            assert self.admin.do(mutation, **said)["userErrors"] == []
        self.subjects.append("account:acct:27")

    def many(self) -> None:
        given = {
            "clientMutationId": str(uuid4()), "channel": "HOTLINE", "category": "06010",
            "place": {"grid": GRID}, "description": self.said["bulk"],
        }  # fmt: skip
        told = self.acceptor.ask(MANY, i=[given])["reportCases"]
        assert told["done"] == 1
        self._case(told["results"][0])

    def resident(self) -> None:
        """Somebody without an account, who also rates with a link that is none."""
        one = Asking(self.acceptor.url, self.data, Role.RESIDENT)
        one.token = one.send("POST", "/field/resident").json()["token"]
        place = {"grid": GRID}
        self._case(one.report(self.said["resident"], channel="RESIDENT", place=place))
        assert self._rated("x" * 48, "rating nobody took").status_code == 404

    def _rated(self, link: str, said: str) -> httpx.Response:
        rating = {
            "clientMutationId": str(uuid4()), "solved": False, "satisfaction": "unsatisfied",
            "comment": self.said[said],
        }  # fmt: skip
        headers = {"authorization": f"Link {link}"}
        return self.acceptor.send("POST", "/field/rating", json=rating, headers=headers)

    def around(self) -> None:
        """A case on its way to the end, with what a handler concludes and a resident says."""
        case = self._case(self.acceptor.report("一圈"))
        leader, dispatcher = self._as(Role.DUTY_LEADER), self._as(Role.DISPATCHER)
        handler = self._as(Role.HANDLER, "sanitation")
        sent = noise()
        kept = handler.send("POST", "/attachments", content=sent, headers=headers(sent)).json()
        after = [{"sha256": kept["sha256"], "kind": "after"}]
        self.photos["photo of a handler"] = sent[-200:-140]
        for who, mutation, more in (
            (self.acceptor, "acceptCase", {}), (leader, "fileCase", {}),
            (dispatcher, "dispatchCase", {}), (handler, "acknowledgeCase", {}),
            (handler, "handleCase", {"conclusion": self.said["conclusion"], "evidence": after}),
            (dispatcher, "requestCheck", {}), (self._as(Role.CHECKER), "passCheck", {}),
            (leader, "closeCase", {}), (self.acceptor, "sendFollowUp", {}),
        ):  # fmt: skip
            assert who.do(mutation, case=case, **more)["userErrors"] == [], mutation
        path = self.acceptor.ask(LINK, id=case)["case"]["rateLink"]
        answer = self._rated(path.partition("=")[2], "rating")
        assert answer.json()["userErrors"] == [], answer.text

    def asked(self) -> None:
        """Words that somebody only looks for, or signs in with, in vain."""
        said = self.said
        found = (
            f'cases(first: 1, filter: {{number: "{said["address line"]}"}}) {{ nodes {{ id }} }}'
        )
        query = f"{{ {found} }}"
        assert "errors" not in self.acceptor.send("GET", "/graphql", params={"query": query}).json()
        asked = {"number": said["poll"], "wait": "0"}
        assert self.acceptor.send("GET", "/live/cases/poll", params=asked).status_code == 200
        told = self.acceptor.first_message(FEED, f={"number": said["followed"]})
        assert told["__typename"] == "CaseFeedSnapshot"
        tried = {"account": said["signed in as"], "password": said["password"]}
        assert self.acceptor.send("POST", "/auth/sign-in", json=tried).status_code == 401

    def in_the_clear(self) -> None:
        named = self.admin.do("renameGrid", code=OTHER_GRID, name=CONTROL)
        assert named["userErrors"] == []


def test_a_word_at_the_very_end_before_zeros_is_found(tmp_path: Path) -> None:
    """The letter's own zero is the first of the tail that the search leaves out."""
    (tmp_path / "tailed").write_bytes(b"x" * 9 + CONTROL.encode("utf-16-le") + bytes(1 << 16))
    (tmp_path / "plain").write_bytes(CONTROL.encode() + bytes(1))
    (tmp_path / "zeros").write_bytes(bytes(1 << 16))
    assert scan(tmp_path, {"control": CONTROL}) == {
        "control": {f"{tmp_path}/tailed: utf-16-le", f"{tmp_path}/plain: raw"}
    }


@pytest.fixture
def kept(home: Path) -> Path:
    """What is searched: data, logs, exports, a backup."""
    path = home / "kept"
    path.mkdir(mode=0o711)
    return path


@pytest.mark.slow
@pytest.mark.timeout(500)
def test_no_planted_word_is_left(home: Path, kept: Path) -> None:
    data = kept / "data"
    found_district(data)
    with running(data, kept / "platform.log", QUANKE_LOG_LEVEL="debug") as platform:
        planting = Planting(platform.url, data, home)
        planting.all()
        auditor = Asking(platform.url, data, Role.AUDITOR)
        head = int(planting.acceptor.report("最后")["event"]["last"])
        planting.acceptor.sealed(head)
        receipt = auditor.send("GET", f"/log/proof/{head - 3}.tlog-proof").content
        done("export", str(home / "before"), "--data", str(data))
        officer = Asking(platform.url, data, Role.PRIVACY_OFFICER, "")
        opened = exported(officer, planting.subjects[0])
        _found_before(kept, home / "handed over", opened, planting)

        first, *others = planting.subjects
        done("subject", "erase", first, "--reason", "本人要求", "--data", str(data))
        for subject in others:
            assert officer.do("eraseSubject", subject=subject)["userErrors"] == []
        for case in planting.cases:
            assert planting.acceptor.ask(TEXT, id=case)["case"]["text"] == {
                "description": None, "address": None,
            }  # fmt: skip
        planting.acceptor.sealed(head + len(planting.subjects))
        done("backup", str(kept / "backup"), "--data", str(data))
        done("export", str(kept / "export"), "--data", str(data))
        (kept / "events").write_text(done("events", "--data", str(data)))
        (kept / "subject").write_text(exported(officer, first))
        with psycopg.connect(Layout(data).dsn(), autocommit=True) as sql:
            sql.execute("checkpoint")
        vkey = auditor.ask("{ log { vkey } }")["log"]["vkey"]
    assert scan(kept, planting.planted) == {}
    assert scan(kept / "data" / "pg", {"control": CONTROL})["control"]
    _proofs_hold(home, kept, vkey, receipt)
    assert done("verify", "--data", str(data)).startswith("ok: ")


def _found_before(kept: Path, handed: Path, opened: str, planting: Planting) -> None:
    """The search finds what stands in the clear, in whichever form; what is sealed it does not."""
    handed.mkdir()
    (handed / "export.json").write_text(opened)
    found = scan(handed, planting.planted)
    assert {"variables", "contact", "later contact", "address"} <= set(found)
    for name, form in forms(CONTROL).items():
        (handed / name).write_bytes(b"...." + form + b"....")
    (handed / "gzip").write_bytes(gzip.compress(b"x" * 100 + CONTROL.encode()))
    (handed / "nested").write_bytes(gzip.compress(b64encode(CONTROL.encode() + b"....")))
    found = scan(handed, {"control": CONTROL})
    for name in (*forms(CONTROL), "gzip", "nested"):
        assert any(f"/{name}" in one for one in found["control"]), name
    assert scan(kept / "data", {"control": CONTROL})["control"]
    assert scan(kept, planting.planted) == {}


def _proofs_hold(home: Path, kept: Path, vkey: str, receipt: bytes) -> None:
    """Exports and receipts of before still verify, and the log of now extends that of then."""
    told = parse_receipt(receipt)
    assert check_receipt(told, told.extra, parse_vkey(vkey)).size > 0
    since = ("--since", str(home / "before"))
    assert "BAD" not in done("audit", "verify", str(kept / "export"), "--vkey", vkey, *since)
