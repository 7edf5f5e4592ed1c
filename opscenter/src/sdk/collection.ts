/**
 * A live collection: things by their key, kept equal to what the server has.
 *
 * Framework-free. `apply` takes the messages in whatever way they come; `follow` brings them
 * over a WebSocket and goes on after the last one when the connection is lost.
 */
import { Line, type LineOptions } from './line';
import { Progress, type Told } from './progress';

/** How a subscription's messages are read: the same question to a snapshot and to a delta. */
export interface Reading<T, M extends Told> {
  key: (item: T) => string;
  /** All things of a snapshot; the new and the changed ones of a delta. */
  items: (message: M) => readonly T[];
  /** Keys of what a delta takes away. */
  gone?: (message: M) => readonly string[];
  /** False for a thing that is told because it no longer belongs. */
  stays?: (item: T) => boolean;
}

export interface Change<T> {
  /** Everything was replaced: `changed` is all there is. */
  anew: boolean;
  changed: readonly T[];
  gone: readonly string[];
}

export class LiveCollection<T, M extends Told> {
  readonly items = new Map<string, T>();
  readonly progress = new Progress();
  #listeners = new Set<(change: Change<T>) => void>();

  constructor(private readonly reading: Reading<T, M>) {}

  /** Be told of each change after it was made; returns how to be told no more. */
  subscribe(listener: (change: Change<T>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  apply(message: M): void {
    const step = this.progress.take(message);
    if (step === null || step === 'resync') return;
    if (step === 'reach') return this.#tell({ anew: false, changed: [], gone: [] });
    const { key, items, gone, stays = () => true } = this.reading;
    const anew = step === 'replace';
    if (anew) this.items.clear();
    const told = items(message);
    const left = told.filter((item) => !stays(item)).map(key);
    const away = anew ? left : [...(gone?.(message) ?? []), ...left];
    for (const id of away) this.items.delete(id);
    const changed = told.filter(stays);
    for (const item of changed) this.items.set(key(item), item);
    this.#tell({ anew, changed, gone: away });
  }

  /** Follow a subscription that has an `after` variable; `run` it, and `stop` it at the end. */
  follow({ variables, ...options }: FollowOptions<M>): Line<M> {
    return new Line<M>({
      ...options,
      variables: () => ({ ...variables, after: this.progress.cursor }),
      onMessage: (message) => this.apply(message),
    });
  }

  #tell(change: Change<T>): void {
    for (const listener of this.#listeners) listener(change);
  }
}

export type FollowOptions<M extends Told> = Omit<LineOptions<M>, 'variables' | 'onMessage'> & {
  variables?: Record<string, unknown>;
};
