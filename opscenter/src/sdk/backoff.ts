/** Waits between connection attempts: jittered, doubling, from a quarter second to ten. */

export const FIRST_MS = 250;
export const LAST_MS = 10_000;

export class Backoff {
  #attempt = 0;

  /** `last`: the longest wait, in milliseconds. */
  constructor(
    private readonly random: () => number = Math.random,
    private readonly last: number = LAST_MS,
  ) {}

  /** Milliseconds to wait before the next attempt. */
  next(): number {
    const ceiling = Math.min(this.last, FIRST_MS * 2 ** this.#attempt);
    this.#attempt += 1;
    return FIRST_MS + this.random() * (ceiling - FIRST_MS);
  }

  reset(): void {
    this.#attempt = 0;
  }
}
