/**
 * What the screen knows: one snapshot and the absolute deltas after it, by position.
 *
 * Framework-free, so that it can be tested against the fold and later be fed by a replay
 * instead of the live feed. A delta carries new values, never differences: applying one
 * twice, or one that is already contained in the snapshot, changes nothing.
 */
import { Progress } from '../sdk';
import type {
  Area,
  AreaLoad,
  DepartmentLoad,
  FeedEntry,
  GridLoad,
  Overview,
  WallDelta,
  WallMessage,
  WallSnapshot,
} from './messages';

/** Lines kept for the feed panel and its aggregate. */
export const FEED_KEPT = 200;

export interface State {
  position: number;
  district: Area;
  overview: Overview;
  grids: Map<string, GridLoad>;
  departments: Map<string, DepartmentLoad>;
  townships: Map<string, AreaLoad>;
  /** The latest told first; of what was told together, the latest that happened. */
  feed: FeedEntry[];
}

export type Change =
  | { kind: 'snapshot'; state: State }
  | { kind: 'delta'; state: State; grids: GridLoad[]; feed: FeedEntry[] };

const keyed = <T>(items: T[], key: (item: T) => string): Map<string, T> =>
  new Map(items.map((item) => [key(item), item]));

/** Take new loads; one without a rate is left without a case and is gone from a fresh snapshot too. */
function putAll<T extends { closingRateBp: number | null }>(
  kept: Map<string, T>, changed: T[], key: (item: T) => string,
): void {
  for (const item of changed) {
    if (item.closingRateBp === null) kept.delete(key(item));
    else kept.set(key(item), item);
  }
}

/** The later it happened, the higher it stands; of one instant, the later in the log. */
const byTime = (a: FeedEntry, b: FeedEntry): number =>
  a.at === b.at ? Number(b.position) - Number(a.position) : a.at < b.at ? 1 : -1;

/**
 * Put new lines before the kept ones: one per position, bounded; those told together in the order
 * of what happened, which need not be the log's.
 *
 * What was kept stays below: what is told late is news all the same, and must be seen.
 */
export function mergeFeed(kept: FeedEntry[], added: FeedEntry[]): FeedEntry[] {
  if (added.length === 0) return kept;
  const known = new Set(kept.map(({ position }) => position));
  const fresh = keyed(added.filter(({ position }) => !known.has(position)), (line) => line.position);
  return [...[...fresh.values()].sort(byTime), ...kept].slice(0, FEED_KEPT);
}

export class Store {
  state: State | null = null;
  readonly #progress = new Progress();
  #listeners = new Set<(change: Change) => void>();

  /** Where to resume; null asks for a fresh snapshot. */
  get cursor(): string | null {
    return this.#progress.cursor;
  }

  /** Ask for a fresh snapshot next time; until it comes no delta applies. */
  forget(): void {
    this.#progress.forget();
  }

  subscribe(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  apply(message: WallMessage): void {
    const step = this.#progress.take(message);
    if (step === 'replace' && message.__typename === 'WallSnapshot') this.#replace(message);
    else if (step === 'advance' && message.__typename === 'WallDelta') this.#advance(message);
    else if (step === 'reach') this.#confirm();
  }

  #replace({ position, scene }: WallSnapshot): void {
    const state: State = {
      position: Number(position),
      district: scene.district,
      overview: scene.overview,
      grids: keyed(scene.grids, (grid) => grid.code),
      departments: keyed(scene.departments, (department) => department.id),
      townships: keyed(scene.townships, (township) => township.code),
      feed: mergeFeed([], scene.feed),
    };
    this.state = state;
    this.#tell({ kind: 'snapshot', state });
  }

  /** Events that change nothing on the screen still move the position it is valid for. */
  #confirm(): void {
    const { state } = this;
    if (state === null) return;
    state.position = this.#progress.position ?? state.position;
    this.#tell({ kind: 'delta', state, grids: [], feed: [] });
  }

  #advance(delta: WallDelta): void {
    const { state } = this;
    if (state === null) return;
    state.position = Number(delta.position);
    state.overview = delta.overview;
    for (const grid of delta.grids) state.grids.set(grid.code, grid);
    putAll(state.departments, delta.departments, (unit) => unit.id);
    putAll(state.townships, delta.townships, (township) => township.code);
    state.feed = mergeFeed(state.feed, delta.feed);
    this.#tell({ kind: 'delta', state, grids: delta.grids, feed: delta.feed });
  }

  #tell(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }
}
