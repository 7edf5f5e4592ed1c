"""The line of queries is as long as its answers are worth, on whatever machine."""

from api.http import line
from api.http.line import Line


class Somebody:
    def let_in(self) -> None:
        raise AssertionError("nobody is let in here")


class Clock:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def long(count: int, clock: Clock | None = None) -> Line:
    """Return a line of so many."""
    made = Line(clock or Clock())
    for _ in range(count):
        made.join(Somebody())
    return made


def move(moving: Line, clock: Clock, times: int, pace_s: float) -> None:
    """Answer somebody so often, each after so long, with somebody always standing."""
    for _ in range(times):
        clock.now_s += pace_s
        moving.moved()


def test_a_line_learns_how_fast_it_moves_and_how_long_it_may_be() -> None:
    clock = Clock()
    moving = long(30, clock)
    assert moving.is_worth(answering=10)
    move(moving, clock, 300, 0.02)
    assert round(moving.pace_s, 4) == 0.02
    assert not moving.is_worth(answering=10)
    assert not long(30, clock).is_worth(answering=int(line.WORTH_S / line.PACE_S))
    move(moving, clock, 300, 0.001)
    assert round(moving.pace_s, 4) == 0.001
    assert moving.is_worth(answering=10)


def test_nothing_is_learned_while_nobody_stands() -> None:
    clock = Clock()
    empty = long(0, clock)
    move(empty, clock, 100, 0.5)
    empty.join(Somebody())
    move(empty, clock, 1, 0.5)
    assert empty.pace_s == line.PACE_S
    move(empty, clock, 1, 0.5)
    assert empty.pace_s > line.PACE_S


def test_a_new_line_believes_the_last_one_for_a_while() -> None:
    clock, one = Clock(), Somebody()
    moving = long(1, clock)
    move(moving, clock, 300, 0.1)
    assert moving.first()
    for later_s, slow in ((line.BELIEVED_S / 2, True), (line.BELIEVED_S, False)):
        clock.now_s += later_s
        moving.join(one)
        assert (moving.pace_s > line.PACE_S) is slow
        moving.leave(one)


def test_a_few_may_stand_however_slow_it_is_and_not_everybody_however_fast() -> None:
    slow, fast = long(line.LEAST - 1), long(line.MOST)
    slow.pace_s, fast.pace_s = 10.0, 0.0
    assert slow.is_worth(answering=16)
    slow.join(Somebody())
    assert not slow.is_worth(answering=16)
    assert not fast.is_worth(answering=0)


def test_the_first_is_the_first_and_who_goes_is_not() -> None:
    waiting = Line(Clock())
    gone, first, second = Somebody(), Somebody(), Somebody()
    for one in (gone, first, second):
        waiting.join(one)
    waiting.leave(gone)
    waiting.leave(gone)
    assert (waiting.first(), waiting.first(), len(waiting)) == (first, second, 0)
