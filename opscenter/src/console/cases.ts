/**
 * The open cases one may see: all pages of a first reading, then the feed's changes.
 *
 * Framework-free. Every line carries the position of its case's last event, so whatever
 * way pages, changes, repeats and removals come, the end is what the server has.
 */
import { Progress } from '../sdk';
import type { CaseLine, FeedMessage } from './questions';

/** More open cases than these are not held: the oldest are left to search and filters. */
export const MOST = 5_000;

export interface Page {
  nodes: CaseLine[];
  /** Where to go on, null at the end. */
  next: string | null;
}

export class Cases {
  readonly lines = new Map<string, CaseLine>();
  /** Cases that left while pages were read, with the position at which they did. */
  #left = new Map<string, number>();
  #reading = false;
  #listeners = new Set<() => void>();
  #progress = new Progress();
  /** False until all pages have been read. */
  whole = false;

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get position(): number {
    return this.#progress.position ?? 0;
  }

  get cursor(): string | null {
    return this.#progress.cursor;
  }

  /** Take a message of the feed; true when everything must be read anew. */
  apply(message: FeedMessage): boolean {
    const step = this.#progress.take(message);
    if (step === 'replace' && message.__typename === 'CaseFeedSnapshot') {
      for (const line of message.nodes) this.#put(line);
      this.#reading = true;
      this.#tell();
      return true;
    }
    if (step === 'advance' && message.__typename === 'CaseFeedDelta') {
      for (const { id } of message.removes) this.#drop(id, Number(message.position));
      for (const line of message.upserts) this.#put(line);
      this.#tell();
    }
    return false;
  }

  /** Read all pages; what is not in them and not newer has left meanwhile. */
  async read(page: (after: string | null) => Promise<Page>): Promise<void> {
    const from = this.position;
    const seen = new Set<string>();
    let after: string | null = null;
    do {
      const { nodes, next }: Page = await page(after);
      for (const line of nodes) {
        seen.add(line.id);
        this.#put(line);
      }
      after = next;
      this.#tell();
    } while (after !== null && seen.size < MOST);
    for (const [id, line] of this.lines)
      if (!seen.has(id) && Number(line.position) <= from && after === null) this.lines.delete(id);
    this.whole = true;
    this.#reading = false;
    this.#left.clear();
    this.#tell();
  }

  #put(line: CaseLine): void {
    const position = Number(line.position);
    if (!line.open || (this.#left.get(line.id) ?? -1) >= position) return;
    const known = this.lines.get(line.id);
    if (known !== undefined && Number(known.position) > position) return;
    this.lines.set(line.id, line);
  }

  #drop(id: string, position: number): void {
    this.lines.delete(id);
    if (this.#reading) this.#left.set(id, position);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
