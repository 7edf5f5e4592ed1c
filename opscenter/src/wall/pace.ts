/**
 * When lines come faster than the eye, the feed shows sums instead of lines.
 *
 * Above five lines a second over two seconds it sums up the last ten seconds by township and
 * step; below three it returns to lines, so that it does not flicker between the two.
 */
import type { FeedEntry } from '../feed/messages';

const FAST = 5;
const SLOW = 3;
const RATE_MS = 2_000;
const WINDOW_MS = 10_000;
/** Room for ten seconds of two thousand a second; beyond that the sums would be too small. */
const KEPT = 20_000;

export interface Sum {
  place: string;
  placeEn: string;
  topic: string;
  count: number;
  /** How many categories, and the most frequent of them. */
  categories: number;
  category: string | null;
  categoryEn: string | null;
  overdue: boolean;
}

interface Seen {
  at: number;
  line: FeedEntry;
}

export class Pace {
  #seen: Seen[] = [];
  #summing = false;

  add(lines: FeedEntry[], now: number): void {
    for (const line of lines) this.#seen.push({ at: now, line });
    // where no panel shows sums nobody else lets go what has grown old
    if ((this.#seen[0]?.at ?? now) < now - 2 * WINDOW_MS) this.#seen = this.#since(now - WINDOW_MS);
    if (this.#seen.length > KEPT) this.#seen.splice(0, this.#seen.length - KEPT);
  }

  /** What was told of another time counts no longer. */
  forget(): void {
    this.#seen = [];
    this.#summing = false;
  }

  /** How many lines are kept. */
  get kept(): number {
    return this.#seen.length;
  }

  /** Lines per second over the last two seconds. */
  rate(now: number): number {
    return this.#since(now - RATE_MS).length / (RATE_MS / 1_000);
  }

  summing(now: number): boolean {
    const rate = this.rate(now);
    this.#summing = this.#summing ? rate >= SLOW : rate > FAST;
    return this.#summing;
  }

  /** The last ten seconds by place and step, largest first. */
  sums(now: number, placeOf: (line: FeedEntry) => { name: string; nameEn: string }): Sum[] {
    this.#seen = this.#since(now - WINDOW_MS);
    const groups = new Map<string, FeedEntry[]>();
    for (const { line } of this.#seen) {
      const key = `${placeOf(line).name}|${line.topic}`;
      const group = groups.get(key);
      if (group) group.push(line);
      else groups.set(key, [line]);
    }
    return [...groups.values()]
      .map((lines) => summed(lines, placeOf))
      .sort((a, b) => b.count - a.count || (a.place < b.place ? -1 : 1));
  }

  #since(from: number): Seen[] {
    return this.#seen.filter(({ at }) => at > from);
  }
}

function summed(
  lines: FeedEntry[],
  placeOf: (line: FeedEntry) => { name: string; nameEn: string },
): Sum {
  const first = lines[0] as FeedEntry;
  const { name, nameEn } = placeOf(first);
  const counts = new Map<string, { line: FeedEntry; count: number }>();
  for (const line of lines) {
    const key = line.category ?? '';
    counts.set(key, { line, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  const [most] = [...counts.values()].sort((a, b) => b.count - a.count);
  return {
    place: name,
    placeEn: nameEn,
    topic: first.topic,
    count: lines.length,
    categories: counts.size,
    category: most?.line.category ?? null,
    categoryEn: most?.line.categoryEn ?? null,
    overdue: lines.some(({ overdue }) => overdue),
  };
}
