/**
 * Reloads the wall when that helps, and only when the server answers.
 *
 * A page that reloads without a server replaces readable old data by an error. So the server
 * is asked first, and asked twice: it lives, and the page has been dead for a while; or there
 * is a new build, the heap has grown too large, or it is four in the morning.
 */
import { wallTime } from '../../ui/days';
import type { View } from '../view.svelte';

const DEAD_MS = 45_000;
const HEAP_BYTES = 300 * 2 ** 20;
const NIGHTLY = '04:00';
const LIVED_MS = 3_600_000;

interface Memory {
  usedJSHeapSize: number;
}

export class Watchdog {
  readonly #began = performance.now();
  #build: string | null = null;
  #strikes = 0;

  constructor(
    private readonly view: View,
    private readonly reload: () => void = () => location.reload(),
  ) {}

  /** Ask whether a reload would help; it takes two looks in a row that say so. */
  async look(): Promise<void> {
    const reason = await this.reason();
    this.#strikes = reason === null ? 0 : this.#strikes + 1;
    if (this.#strikes < 2) return;
    this.#strikes = 0;
    console.info(`the wall reloads: ${reason}`);
    this.reload();
  }

  /** Why the page should be loaded anew, null when it should not or the server is away. */
  async reason(): Promise<string | null> {
    const now = performance.now();
    const build = await this.#served();
    if (build === null) return null;
    this.#build ??= build;
    if (this.view.freshness.sinceBeat(now) > DEAD_MS && !this.view.past) return 'silent though the server lives';
    if (this.view.incidents.length > 0) return null;
    if (build !== this.#build) return 'a new build';
    if (this.#heap > HEAP_BYTES) return 'heap';
    return now - this.#began > LIVED_MS && this.#minute === NIGHTLY ? 'nightly' : null;
  }

  /** The script that the server would start now, null when it does not answer. */
  async #served(): Promise<string | null> {
    try {
      const lives = await fetch('/live', { cache: 'no-store', signal: AbortSignal.timeout(3_000) });
      const page = await fetch('/wall', { cache: 'no-store', signal: AbortSignal.timeout(3_000) });
      if (!lives.ok || !page.ok) return null;
      return /src="([^"]+\.js)"/.exec(await page.text())?.[1] ?? null;
    } catch {
      return null;
    }
  }

  get #heap(): number {
    return (performance as { memory?: Memory }).memory?.usedJSHeapSize ?? 0;
  }

  get #minute(): string {
    const zone = this.view.picture?.district.timezone ?? 'UTC';
    return wallTime(this.view.serverNow(), zone).slice(11, 16);
  }
}
