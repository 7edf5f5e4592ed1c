/**
 * Questions that follow something that moves, such as the instant that is looked at.
 *
 * While one waits for its answer, only the latest wish waits behind it: answers come in order and
 * none is for an instant left long ago. What failed in passing (no network, too much asked of late)
 * is asked again after a moment, unless something newer is wanted by then.
 */
import { mayPass } from './graphql';

export class Following<T> {
  #busy = false;
  #stopped = false;
  #waiting: { wanted: T } | null = null;

  /** `tell` hears of each question whether it failed, and how; `pause` is the moment before the next try. */
  constructor(
    private readonly ask: (wanted: T) => Promise<void>,
    private readonly tell: (failed: boolean, problem?: unknown) => void,
    private readonly pause: () => Promise<void>,
  ) {}

  want(wanted: T): void {
    if (this.#busy) this.#waiting = { wanted };
    else void this.#run(wanted);
  }

  stop(): void {
    this.#stopped = true;
  }

  async #run(first: T): Promise<void> {
    this.#busy = true;
    for (let next: { wanted: T } | null = { wanted: first }; next !== null && !this.#stopped; ) {
      const wanted: T = next.wanted;
      const again = await this.#once(wanted);
      if (again && this.#waiting === null) await this.pause();
      next = this.#waiting ?? (again ? { wanted } : null);
      this.#waiting = null;
    }
    this.#busy = false;
  }

  /** Ask once; whether it has to be asked again. */
  async #once(wanted: T): Promise<boolean> {
    try {
      await this.ask(wanted);
      if (!this.#stopped) this.tell(false);
      return false;
    } catch (problem) {
      if (!this.#stopped) this.tell(true, problem);
      return mayPass(problem);
    }
  }
}
