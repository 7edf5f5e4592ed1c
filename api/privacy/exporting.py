"""What the platform holds about a subject, opened, with everybody who has looked at it.

For the person it is about: every event of the subject in the order it happened, the file of
holds and erasures, and each reading of its words. The export is such a reading itself.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import msgspec

from api.auth.tokens import Identity
from api.dispatch.casefacts import CASE
from api.dispatch.dispatcher import Dispatcher
from api.privacy.access import AccessLog
from api.privacy.opening import open_for
from domain.access import Action, Allowed, decide
from domain.errors import Rejected
from domain.event import DomainEvent
from domain.privacy.events import PersonalDataRead
from domain.privacy.purposes import Purpose
from domain.privacy.subjects import SubjectId, parse_subject, subject_stream
from domain.streams import account_stream, worker_stream
from domain.topics import decode, decode_meta
from domain.words import Kind, word
from eventlog.postgres import PostgresLog
from eventlog.record import Recorded
from eventlog.vault import Vault

FORM: Final = "quanke subject export 1"
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Exporter:
    """Puts together what there is about a subject. One per process."""

    def __init__(
        self, dispatcher: Dispatcher, log: PostgresLog, vault: Vault, access: AccessLog
    ) -> None:
        self._dispatcher = dispatcher
        self._log = log
        self._vault = vault
        self._access = access

    async def export(self, name: str, reader: Identity) -> dict[str, Any]:
        """Return everything about a subject as plain JSON values.

        Raises Rejected when there is no such subject or the reader may not, LogBusy,
        LogUnavailable.
        """
        subject = parse_subject(name)
        streams = await self._streams(subject, reader)
        request = uuid4().hex
        told: list[dict[str, Any]] = []
        for stream in streams:
            recorded = await self._log.read_stream(stream)
            told += await self._opened(subject, stream, recorded, reader, request)
        family = _names(subject, streams)
        file = [await self._log.read_stream(subject_stream(one)) for one in family]
        return {
            "form": FORM,
            "subject": str(subject),
            "exported_at": _instant(self._dispatcher.clock()),
            "position": int(await self._log.head()),
            "events": sorted(told, key=lambda one: int(one["position"])),
            "file": [_told(one, _plain(one)) for each in file for one in each],
            "read_by": [_reading(one) for one in await self._log.read_access(family)],
        }  # fmt: skip

    async def _streams(self, subject: SubjectId, reader: Identity) -> list[UUID]:
        """Return the streams that speak of the subject. Raises Rejected."""
        reference = self._dispatcher.reference
        if subject.kind == "account":
            account = reference.accounts.get(subject.key)
            known, scope = account is not None, account.scope if account is not None else ""
            streams = [account_stream(subject.key)]
        elif subject.case is None:
            worker = reference.worker(subject.key)
            known, scope = worker is not None, worker.scope if worker is not None else ""
            streams = [worker_stream(subject.key)]
        else:
            held = await self._dispatcher.load(subject.case, CASE)
            known, scope = held.state.status is not None, held.state.place.scope
            streams = await self._with_parts(subject.case)
        answer = decide(reader.actor, Action.EXPORT_SUBJECT, scope)
        if not isinstance(answer, Allowed):
            raise Rejected(answer.code.value)
        if not known:
            raise Rejected("NO_SUCH_SUBJECT", subject=str(subject))
        return streams

    async def _with_parts(self, case: UUID) -> list[UUID]:
        found, wanted = [], [case]
        while wanted:
            stream = wanted.pop()
            found.append(stream)
            held = await self._dispatcher.load(stream, CASE)
            wanted += [UUID(child) for child in held.state.children]
        return found

    async def _opened(
        self,
        subject: SubjectId,
        stream: UUID,
        recorded: list[Recorded],
        reader: Identity,
        request: str,
    ) -> list[dict[str, Any]]:
        events = [decode(one.topic, one.schema, one.state) for one in recorded]
        opened = await open_for(
            reader, self._vault, self._access, stream, events,
            wanted=lambda field: subject.kind != "contact" or field.owner == "contact",
            purpose=Purpose.SUBJECT_REQUEST, request=request,
        )  # fmt: skip
        return [_told(one, event) for one, event in zip(recorded, opened, strict=True)]


def _names(subject: SubjectId, streams: list[UUID]) -> list[str]:
    if subject.kind != "case":
        return [str(subject)]
    return [f"{kind}:{stream}" for stream in streams for kind in ("case", "contact")]


def _plain(recorded: Recorded) -> DomainEvent:
    return decode(recorded.topic, recorded.schema, recorded.state)


def _told(recorded: Recorded, event: DomainEvent) -> dict[str, Any]:
    meta = decode_meta(recorded.meta)
    zh, en = word(Kind.EVENT, recorded.topic)
    return {
        "position": int(recorded.position), "topic": recorded.topic,
        "title": zh, "title_en": en,
        "occurred_at": _instant(meta.occurred_at), "recorded_at": _instant(recorded.recorded_at),
        "actor": recorded.actor, "role": meta.role, "unit": meta.unit, "basis": meta.basis,
        "what": msgspec.to_builtins(event),
    }  # fmt: skip


def _reading(recorded: Recorded) -> dict[str, Any]:
    event = _plain(recorded)
    assert isinstance(event, PersonalDataRead)
    return {
        "position": int(recorded.position), "at": _instant(recorded.recorded_at),
        "reader": recorded.actor, "role": decode_meta(recorded.meta).role,
        "subject": event.subject, "fields": list(event.fields), "purpose": event.purpose,
    }  # fmt: skip


def _instant(microseconds: int) -> str:
    return (EPOCH + timedelta(microseconds=microseconds)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
