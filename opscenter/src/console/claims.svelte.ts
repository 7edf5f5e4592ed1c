/** Who is on which case, as far as this desk has heard: a note to colleagues, never a lock. */
import { SvelteMap } from 'svelte/reactivity';
import { signed } from '../ui/signed.svelte';
import { CLAIM, type Claim, CLAIMS } from './questions';

export class Claims {
  readonly #known = new SvelteMap<string, Claim>();

  of(id: string): Claim | undefined {
    return this.#known.get(id);
  }

  /** Ask who is on what; a hidden page does not. */
  async ask(): Promise<void> {
    if (document.hidden) return;
    const found = await signed.ask(CLAIMS, {}).catch(() => null);
    if (found === null) return;
    const claims = new Map(found.data.claims.map((claim) => [claim.case, claim]));
    for (const id of [...this.#known.keys()]) if (!claims.has(id)) this.#known.delete(id);
    for (const [id, claim] of claims) this.#known.set(id, claim);
  }

  /** Say that one is on a case; another's claim is only noted. */
  claim(id: string | null, over = false): void {
    if (id === null) return;
    signed.ask(CLAIM, { id, release: false, over }).then(
      ({ data }) => data.claimCase && this.#known.set(id, data.claimCase),
      () => undefined,
    );
  }

  release(id: string): void {
    if (this.#known.get(id)?.mine !== true) return;
    this.#known.delete(id);
    signed.ask(CLAIM, { id, release: true, over: false }).catch(() => undefined);
  }
}
