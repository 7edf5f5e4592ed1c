/** The store against the fold: whatever way the messages come, the end is the same. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FeedEntry, Overview, WallDelta, WallMessage, WallSnapshot } from './messages';
import { FEED_KEPT, Store } from './store';

const CODES = ['g1', 'g2', 'g3', 'g4'];

/** One event of the model: at its position, one grid's count changes to an absolute value. */
interface Step {
  code: string;
  open: number;
}

const overview = (open: number): Overview => ({
  open,
  reportedToday: open,
  closedToday: 0,
  overdue: 0,
  lifeSafety: 0,
  total: open,
  closed: 0,
  closingRateBp: 0,
  acceptP50S: null,
});

const line = (position: number, grid: string): FeedEntry => ({
  position: String(position),
  at: '2026-11-23T00:00:00.000000Z',
  topic: 'case.reported',
  number: '',
  category: '',
  categoryEn: '',
  area: '',
  areaEn: '',
  grid,
  department: null,
  departmentEn: null,
  severity: '',
  overdue: false,
});

const opens = (steps: Step[], position: number): Map<string, number> => {
  const folded = new Map(CODES.map((code) => [code, 0]));
  for (const { code, open } of steps.slice(0, position)) folded.set(code, open);
  return folded;
};

const sum = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0);

const feedOf = (steps: Step[], after: number, to: number): FeedEntry[] =>
  steps.slice(after, to).map(({ code }, index) => line(after + index + 1, code));

function snapshot(steps: Step[], position: number): WallSnapshot {
  const folded = opens(steps, position);
  return {
    __typename: 'WallSnapshot',
    cursor: `c${position}`,
    position: String(position),
    scene: {
      position: String(position),
      serverTime: '2026-11-23T00:00:00.000000Z',
      district: {
        code: 'd', scope: 'd.', level: 'district', name: '区', nameEn: 'D',
        schematic: true, timezone: 'Asia/Shanghai',
      },
      overview: overview(sum(folded.values())),
      grids: [...folded].map(([code, open]) => ({ code, open, overdue: 0, lifeSafety: 0 })),
      departments: [],
      townships: [],
      feed: feedOf(steps, 0, position).reverse().slice(0, FEED_KEPT),
    },
  };
}

function delta(steps: Step[], after: number, to: number): WallDelta {
  const folded = opens(steps, to);
  const touched = new Set(steps.slice(after, to).map(({ code }) => code));
  return {
    __typename: 'WallDelta',
    cursor: `c${to}`,
    position: String(to),
    overview: overview(sum(folded.values())),
    grids: [...touched].map((code) => ({ code, open: folded.get(code) ?? 0, overdue: 0, lifeSafety: 0 })),
    departments: [],
    townships: [],
    feed: feedOf(steps, after, to),
  };
}

/** A server as the wall sees one: it answers `after`, conflates, repeats and resyncs. */
type Move = { kind: 'deltas' | 'repeat' | 'reconnect' | 'gap' | 'beat'; size: number };

const moves = fc.array(
  fc.record({
    kind: fc.constantFrom<Move['kind']>('deltas', 'deltas', 'repeat', 'reconnect', 'gap', 'beat'),
    size: fc.integer({ min: 1, max: 5 }),
  }),
  { maxLength: 40 },
);
const history = fc.array(
  fc.record({ code: fc.constantFrom(...CODES), open: fc.integer({ min: 0, max: 50 }) }),
  { minLength: 1, maxLength: 60 },
);

class Server {
  position = 0;
  sent: WallMessage[] = [];

  constructor(private readonly steps: Step[]) {}

  *play({ kind, size }: Move, store: Store): Generator<WallMessage> {
    const target = Math.min(this.steps.length, this.position + size);
    if (kind === 'deltas' && target > this.position) {
      yield delta(this.steps, this.position, target);
      this.position = target;
    } else if (kind === 'repeat' && this.sent.length > 0) {
      const deltas = this.sent.filter((message) => message.__typename === 'WallDelta');
      yield* deltas.slice(-size);
    } else if (kind === 'reconnect') {
      this.position = target;
      yield* this.answer(store.cursor);
    } else if (kind === 'gap') {
      yield { __typename: 'Resync', reason: 'slow', position: String(this.position) };
      if (target > this.position) yield delta(this.steps, this.position, target);
      this.position = target;
      yield snapshot(this.steps, target);
    } else if (kind === 'beat') {
      yield {
        __typename: 'Heartbeat', cursor: `c${this.position}`, position: String(this.position),
        head: String(this.position), serverTime: '2026-11-23T00:00:00Z', oldestUnappliedAgeMs: 0,
      };
    }
  }

  *answer(cursor: string | null): Generator<WallMessage> {
    if (cursor === null) yield snapshot(this.steps, this.position);
    else if (Number(cursor.slice(1)) < this.position)
      yield delta(this.steps, Number(cursor.slice(1)), this.position);
  }
}

describe('store', () => {
  test('any interleaving ends equal to the fold', () => {
    fc.assert(
      fc.property(history, moves, (steps, played) => {
        const store = new Store();
        const server = new Server(steps);
        const send = (message: WallMessage): void => {
          store.apply(message);
          server.sent.push(message);
        };
        for (const message of server.answer(null)) send(message);
        for (const move of played) for (const message of server.play(move, store)) send(message);
        const folded = opens(steps, server.position);
        expect(store.state?.position).toBe(server.position);
        expect(store.state?.overview.open).toBe(sum(folded.values()));
        expect(new Map([...store.state!.grids].map(([code, grid]) => [code, grid.open]))).toEqual(
          folded,
        );
        expect(store.state?.feed.map(({ position }) => Number(position))).toEqual(
          Array.from({ length: server.position }, (_, index) => server.position - index),
        );
      }),
      { numRuns: 500 },
    );
  });

  test('a delta before any snapshot, and one already contained, change nothing', () => {
    const steps = [{ code: 'g1', open: 3 }, { code: 'g1', open: 4 }];
    const store = new Store();
    store.apply(delta(steps, 0, 1));
    expect(store.state).toBeNull();
    store.apply(snapshot(steps, 2));
    store.apply(delta(steps, 0, 1));
    expect(store.state?.grids.get('g1')?.open).toBe(4);
    expect(store.cursor).toBe('c2');
  });

  test('a department or township left without a case is gone, as from a fresh snapshot', () => {
    const steps = [{ code: 'g1', open: 1 }, { code: 'g1', open: 0 }];
    const unit = { id: 'u', name: '局', nameEn: 'U', open: 1, overdue: 0, handled: 0, closingRateBp: 0 };
    const town = { code: 't', scope: 'd.t.', level: 'township', name: '乡', nameEn: 'T', open: 1, overdue: 0, closingRateBp: 0 };
    const store = new Store();
    store.apply(snapshot(steps, 0));
    store.apply({ ...delta(steps, 0, 1), departments: [unit], townships: [town] });
    expect([store.state?.departments.size, store.state?.townships.size]).toEqual([1, 1]);
    const none = { open: 0, closingRateBp: null };
    store.apply({ ...delta(steps, 1, 2), departments: [{ ...unit, ...none }], townships: [{ ...town, ...none }] });
    expect([store.state?.departments.size, store.state?.townships.size]).toEqual([0, 0]);
  });

  test('after a resync deltas wait for the snapshot, and the cursor is gone', () => {
    const steps = [{ code: 'g1', open: 3 }, { code: 'g2', open: 4 }];
    const store = new Store();
    store.apply(snapshot(steps, 0));
    store.apply({ __typename: 'Resync', reason: 'slow', position: '2' });
    store.apply(delta(steps, 1, 2));
    expect(store.state?.position).toBe(0);
    expect(store.cursor).toBeNull();
    store.apply(snapshot(steps, 2));
    expect(store.state?.position).toBe(2);
  });

  test('a position that changed nothing is reached with the second heartbeat', () => {
    const steps = [{ code: 'g1', open: 3 }, { code: 'g1', open: 4 }];
    const beat = (position: number): WallMessage => ({
      __typename: 'Heartbeat', cursor: `c${position}`, position: String(position),
      head: String(position), serverTime: '2026-11-23T00:00:00Z', oldestUnappliedAgeMs: 0,
    });
    const store = new Store();
    store.apply(snapshot(steps, 1));
    store.apply(beat(2));
    expect(store.state?.position).toBe(1);
    store.apply(delta(steps, 1, 2)); // was on its way: must not be taken for a duplicate
    expect(store.state?.grids.get('g1')?.open).toBe(4);
    store.apply(beat(7));
    store.apply(beat(9));
    expect([store.state?.position, store.cursor]).toEqual([7, 'c7']);
  });

  test('listeners hear each change once, with what it touched', () => {
    const steps = [{ code: 'g1', open: 3 }];
    const store = new Store();
    const heard: string[] = [];
    const stop = store.subscribe((change) =>
      heard.push(change.kind === 'delta' ? change.grids.map(({ code }) => code).join() : 'all'),
    );
    store.apply(snapshot(steps, 0));
    store.apply(delta(steps, 0, 1));
    store.apply(delta(steps, 0, 1));
    stop();
    store.apply(snapshot(steps, 1));
    expect(heard).toEqual(['all', 'g1']);
  });

  test('the feed keeps a bounded number of lines, newest first', () => {
    const steps = Array.from({ length: 300 }, () => ({ code: 'g1', open: 1 }));
    const store = new Store();
    store.apply(snapshot(steps, 0));
    store.apply(delta(steps, 0, 300));
    expect(store.state?.feed).toHaveLength(FEED_KEPT);
    expect(store.state?.feed[0]?.position).toBe('300');
  });
});

test('what is told together stands by when it happened, below what is told later', () => {
  const at = (minute: number, position: number): FeedEntry => ({
    ...line(position, 'g1'),
    at: `2026-11-23T07:${String(minute).padStart(2, '0')}:00.000000Z`,
  });
  const store = new Store();
  const told = snapshot([], 9);
  told.scene.feed = [at(13, 9), at(19, 8), at(0, 7), at(19, 6)]; // the order of the log
  store.apply(told);
  const positions = (): string[] | undefined => store.state?.feed.map(({ position }) => position);
  expect(positions()).toEqual(['8', '6', '9', '7']);
  store.apply({ ...delta([], 0, 0), position: '12', cursor: 'c12', feed: [at(2, 10), at(21, 12), at(22, 11), at(19, 8)] });
  expect(positions()).toEqual(['11', '12', '10', '8', '6', '9', '7']);
});
