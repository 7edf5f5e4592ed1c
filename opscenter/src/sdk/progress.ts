/**
 * Where a subscriber stands: what each message does to whatever is kept.
 *
 * Deltas carry whole values, never differences, so the rule is short: a snapshot replaces, a
 * delta applies when its position is greater, and after a resync nothing applies until the
 * snapshot that follows. A heartbeat's position is reached when the next one comes: messages
 * keep their order, so by then everything up to it has been delivered.
 */

/** What every message of a subscription has: `…Snapshot`, `…Delta`, `Resync` or `Heartbeat`. */
export interface Told {
  __typename: string;
  cursor?: string;
  position?: string;
}

/** What to do with a message; null: nothing, it is one already seen or can't be applied. */
export type Step = 'replace' | 'advance' | 'reach' | 'resync' | null;

interface Place {
  cursor: string | null;
  position: number;
}

export class Progress {
  /** Position of the log that what is kept is as of; null before the first snapshot. */
  position: number | null = null;
  /** Where to go on; null asks for a snapshot. */
  cursor: string | null = null;
  #promised: Place | null = null;

  /** Ask for a snapshot next time; until it comes no delta applies. */
  forget(): Step {
    this.cursor = this.#promised = null;
    return 'resync';
  }

  take({ __typename: kind, cursor, position }: Told): Step {
    const told = { cursor: cursor ?? null, position: Number(position) };
    if (kind === 'Resync') return this.forget();
    if (kind.endsWith('Snapshot')) {
      Object.assign(this, told);
      this.#promised = null;
      return 'replace';
    }
    if (kind.endsWith('Delta')) return this.#further(told, 'advance');
    if (kind !== 'Heartbeat') return null;
    const reached = this.#promised;
    this.#promised = told;
    return reached && this.#further(reached, 'reach');
  }

  #further(told: Place, step: Step): Step {
    const { cursor, position } = this;
    if (cursor === null || position === null || told.position <= position) return null;
    Object.assign(this, told);
    return step;
  }
}
