/**
 * What an administrator should look at first, from what the platform says of itself.
 *
 * Pure: the overview asks, this orders. What stops people from seeing the truth (an event held
 * back, a log that is not signed any more) goes before what somebody has yet to do.
 */
import { SILENT_MS, type Seen } from './displays';
import type { Model, OverviewAnswer, Shortfall, Verification } from './questions';
import type { Key } from './words';

export type Level = 'danger' | 'warning' | 'note';
export type View = 'accounts' | 'displays' | 'areas' | 'policy' | 'health';

export interface Item {
  level: Level;
  /** Says it in words, with `{n}`. */
  words: Key;
  n: number;
  examples: readonly { code: string; name: string; nameEn: string }[];
  view: View;
}

export interface Known {
  log: OverviewAnswer['log'];
  models: readonly Model[];
  verification: Verification | null;
  shortfalls: readonly Shortfall[];
  /** Displays that were let in, by account; what each told last. */
  displays: readonly string[];
  seen: readonly Seen[];
  /** The server's clock, milliseconds since 1970. */
  now: number;
}

/** So many events behind is more than a busy second. */
const LAG = 1_000;
/** A signed head is made four times a second while there is something to sign. */
const UNSEALED_MS = 10_000;

const SHORTFALLS: Readonly<Record<string, { words: Key; level: Level; view: View }>> = {
  calendar_ending: { words: 'lacksCalendar', level: 'warning', view: 'policy' },
  key_ending: { words: 'lacksKey', level: 'warning', view: 'accounts' },
  person_without_role: { words: 'lacksRole', level: 'warning', view: 'accounts' },
  category_without_department: { words: 'lacksDepartment', level: 'warning', view: 'policy' },
  border_overlap: { words: 'lacksOverlap', level: 'warning', view: 'areas' },
  border_gap: { words: 'lacksGap', level: 'note', view: 'areas' },
  area_without_grid: { words: 'lacksGrid', level: 'warning', view: 'areas' },
  grid_without_worker: { words: 'lacksWorker', level: 'warning', view: 'areas' },
  grid_without_border: { words: 'lacksBorder', level: 'note', view: 'areas' },
};
const ORDER: readonly Level[] = ['danger', 'warning', 'note'];

/** What wants to be looked at, the most pressing first. */
export function attention(known: Known): Item[] {
  return ordered([...platform(known), ...displays(known), ...known.shortfalls.flatMap(lacking)]);
}

/** What was lacking at an instant of the past; of the platform and its displays nothing is known of then. */
export const lacked = (shortfalls: readonly Shortfall[]): Item[] => ordered(shortfalls.flatMap(lacking));

const ordered = (found: readonly Item[]): Item[] =>
  ORDER.flatMap((level) => found.filter((one) => one.level === level));

function* platform({ log, models, verification, now }: Known): Generator<Item> {
  const held = models.reduce((sum, one) => sum + one.held, 0);
  const lag = Math.max(0, ...models.map((one) => one.lag));
  const unsealed = Number(log.head) - Number(log.sealed);
  const stale = log.sealedAt === null || now - Date.parse(log.sealedAt) > UNSEALED_MS;
  if (held > 0) yield item('danger', 'isHeld', held, 'health');
  if (unsealed > 0 && stale) yield item('danger', 'isUnsealed', unsealed, 'health');
  if (verification && verification.faults > 0) yield item('danger', 'isFaulty', verification.faults, 'health');
  if (lag > LAG) yield item('warning', 'isBehind', lag, 'health');
  if (log.witnesses.length === 0) yield item('note', 'isUnwitnessed', 0, 'health');
  if (!verification) yield item('note', 'isUnverified', 0, 'health');
}

function* displays({ displays: known, seen, now }: Known): Generator<Item> {
  const heard = new Map(seen.map((one) => [one.account, Date.parse(one.heardAt)]));
  const silent = known.filter((one) => now - (heard.get(one) ?? -Infinity) > SILENT_MS);
  const examples = silent.slice(0, 5).map((code) => ({ code, name: '', nameEn: '' }));
  if (silent.length > 0) yield { ...item('warning', 'isSilent', silent.length, 'displays'), examples };
}

function lacking({ kind, count, examples }: Shortfall): Item[] {
  const one = SHORTFALLS[kind];
  return one ? [{ ...item(one.level, one.words, count, one.view), examples }] : [];
}

const item = (level: Level, words: Key, n: number, view: View): Item => ({ level, words, n, examples: [], view });
