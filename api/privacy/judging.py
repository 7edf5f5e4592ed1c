"""From a command about personal data to the facts its rules need.

A case and the parts split off from it are one family: what a person said in the first is
told again in the others, so they are erased together, and a hold on any of them holds all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol
from uuid import UUID

from api.dispatch.casefacts import CASE
from api.dispatch.request import Decided, Held, Judge, Request, Streams
from api.reference import Reference
from domain.case.values import TERMINAL
from domain.directory.decide import WORKER
from domain.event import By, Command
from domain.privacy.commands import ACCESS_COMMANDS, SUBJECT_COMMANDS, EraseSubject
from domain.privacy.decide import ACCESS, SUBJECT, Standing, SubjectFacts, decide_erasure
from domain.privacy.retention import schedule_of
from domain.privacy.subjects import SubjectId, login_id, parse_subject, subject_stream
from domain.streams import account_stream, worker_stream
from eventlog.record import Recorded, Unchanged


class Keys(Protocol):
    """What is asked of the vault."""

    async def owned(self, subjects: Sequence[str]) -> dict[str, list[UUID]]:
        """Return the ids of the living keys of these subjects."""
        ...


class Reads(Protocol):
    """What is asked of the log."""

    async def read_streams(self, streams: Sequence[UUID]) -> list[Recorded]:
        """Read several whole streams."""
        ...


class SubjectJudge:
    """Judges erasures and holds."""

    def __init__(self, reference: Reference, keys: Keys, log: Reads) -> None:
        self.decider = SUBJECT
        self._reference = reference
        self._keys = keys
        self._log = log

    async def judge(self, request: Request, _held: Held, by: By, streams: Streams, /) -> Decided:
        """Return the events. Raises Rejected."""
        command: Any = request.command
        subject = parse_subject(command.subject)
        read: Sequence[Unchanged] = ()
        if subject.kind == "account":
            facts = await self._account(subject, by, streams)
        elif subject.case is None:
            facts = await self._worker(subject, by, streams)
        else:
            facts, read = await self._case(subject, subject.case, by, streams)
        if isinstance(command, EraseSubject):
            decided = decide_erasure(command, facts)
            writes = {subject_stream(name): events for name, events in decided.items()}
            return Decided(writes, tuple(read))
        state = facts.family[str(subject)].state
        return Decided({request.stream: self.decider.decide(state, command, facts)})

    async def _worker(self, subject: SubjectId, by: By, streams: Streams) -> SubjectFacts:
        worker = self._reference.worker(subject.key)
        stream = worker_stream(subject.key)
        ended = None
        if worker is not None and not worker.live:
            ended = (await streams.load(stream, WORKER)).effective_at
        family = await self._standing({str(subject): (stream, ended)}, streams)
        scope = "" if worker is None else worker.scope
        return SubjectFacts(by, worker is not None and worker.appointed, scope, family)

    async def _account(self, subject: SubjectId, by: By, streams: Streams) -> SubjectFacts:
        account = self._reference.accounts.get(subject.key)
        known = account is not None and account.opened
        name = str(subject)
        family = await self._standing({name: (account_stream(subject.key), None)}, streams)
        login, own = str(login_id(subject.key)), family[name]
        if known and login not in own.state.erased:
            family[name] = replace(own, keys=(*own.keys, login))
        return SubjectFacts(by, known, "" if account is None else account.scope, family)

    async def _case(
        self, subject: SubjectId, case: UUID, by: By, streams: Streams
    ) -> tuple[SubjectFacts, Sequence[Unchanged]]:
        held: dict[UUID, Held] = {}
        wanted = [case]
        while wanted:
            stream = wanted.pop()
            held[stream] = await streams.load(stream, CASE)
            if subject.kind == "case":
                wanted += [UUID(child) for child in held[stream].state.children]
        members = {str(subject): (case, _ended(held[case]))}
        for stream, one in held.items():
            for kind in ("case", "contact"):
                members.setdefault(f"{kind}:{stream}", (stream, _ended(one)))
        family = await self._standing(members, streams)
        if subject.kind == "contact":  # a hold on the case holds its contact, and that is all
            own = family[f"case:{case}"]
            family = {**family, f"case:{case}": Standing(own.state)}
        state = held[case].state
        facts = SubjectFacts(by, state.status is not None, state.place.scope, family)
        return facts, [Unchanged(stream, one.version) for stream, one in held.items()]

    async def _standing(
        self, members: Mapping[str, tuple[UUID, int | None]], streams: Streams
    ) -> dict[str, Standing]:
        keys = await self._keys.owned(list(members))
        told = await self._log.read_streams(list({stream for stream, _ in members.values()}))
        topics: dict[UUID, set[str]] = {}
        for one in told:
            topics.setdefault(one.stream, set()).add(one.topic)
        return {
            name: Standing(
                state=(await streams.load(subject_stream(name), SUBJECT)).state,
                keys=tuple(str(key) for key in keys.get(name, ())),
                schedule=schedule_of(name.partition(":")[0], topics.get(stream, ())),
                ended_at=ended,
            )
            for name, (stream, ended) in members.items()
        }


class AccessJudge:
    """Judges nothing: what was opened was opened."""

    def __init__(self) -> None:
        self.decider = ACCESS

    async def judge(self, request: Request, held: Held, _by: By, _streams: Streams, /) -> Decided:
        """Return an event for each read."""
        return Decided({request.stream: self.decider.decide(held.state, request.command, None)})


def privacy_judges(reference: Reference, keys: Keys, log: Reads) -> Mapping[type[Command], Judge]:
    """Return the judge of every command about personal data."""
    subject: Judge = SubjectJudge(reference, keys, log)
    access: Judge = AccessJudge()
    return {
        **dict.fromkeys(SUBJECT_COMMANDS, subject),
        **dict.fromkeys(ACCESS_COMMANDS, access),
    }


def _ended(held: Held) -> int | None:
    return held.effective_at if held.state.status in TERMINAL else None
