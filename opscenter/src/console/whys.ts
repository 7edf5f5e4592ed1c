/**
 * Which figure is asked why, from the address: `?why=K7&area=371602.005.&since=…&until=…`.
 *
 * A name of a definition (K7, K15.total@1) is explained by the platform itself. The wall's own
 * counts are lists of cases, or the population of such a definition over another window; this
 * table says which, so that each of them is explained by the same few questions.
 */
import type { Variables } from '../generated/operations';
import { DAY_MS, dayOf } from '../ui/days';
import type { AsOf } from './questions';

export type Filter = NonNullable<Variables<'CountedList'>['filter']>;
export type Level = NonNullable<Variables<'FigureWhy'>['level']>;

/** The parameters of the address that say which figure, and where it is asked. */
export const WHY_PARAMETERS = ['why', 'area', 'department', 'since', 'until', 'position', 'grid', 'kind', 'place'] as const;

export interface Question {
  /** A definition's code or name, or the wall's name of a count. */
  figure: string;
  /** Scope of an area; empty for everything one may see. */
  area: string;
  department: string | null;
  since: string | null;
  until: string | null;
  /** As of this position of the log; null for now, or for the instant of a replay. */
  position: string | null;
  /** The grid in danger beside which something is counted. */
  grid?: string;
  /** The kind of worker, or of step. */
  kind?: string;
  /** Where the steps of a sum happened. */
  place?: string;
}

/** How a figure is explained. */
export type Source =
  | { kind: 'figure'; codes: string[]; window: 'month' | 'today' | 'always' }
  /** The cases a filter lets through; `since` is what the address says, else the beginning. */
  | { kind: 'list'; filter: (dayFrom: string, since: string) => Filter };

const OPEN = (): Filter => ({ open: true });
/** Handed in and not sent back; over and not merged: as the platform counts them. */
const HANDED_IN: Filter['status'] = ['RESOLVED', 'CHECKING', 'PASSED', 'CLOSED'];
const OVER: Filter['status'] = ['CLOSED', 'DECLINED', 'CANCELLED'];

export const SOURCES: Readonly<Record<string, Source>> = {
  open: { kind: 'list', filter: OPEN },
  overdue: { kind: 'list', filter: () => ({ open: true, overdue: true }) },
  lifeSafety: { kind: 'list', filter: () => ({ open: true, severity: 'LIFE_SAFETY' }) },
  reportedToday: { kind: 'list', filter: (dayFrom) => ({ reportedFrom: dayFrom }) },
  total: { kind: 'list', filter: () => ({}) },
  handled: { kind: 'list', filter: () => ({ status: HANDED_IN }) },
  dangersOver: { kind: 'list', filter: (_, since) => ({ severity: 'LIFE_SAFETY', status: OVER, reportedFrom: since }) },
  closedToday: { kind: 'figure', codes: ['K15.total'], window: 'today' },
  acceptP50S: { kind: 'figure', codes: ['K15.accept'], window: 'today' },
  closed: { kind: 'figure', codes: ['K15.total'], window: 'always' },
  closingRateBp: { kind: 'figure', codes: ['K15.total'], window: 'always' },
};

export const sourceOf = (figure: string): Source =>
  SOURCES[figure] ?? { kind: 'figure', codes: [figure], window: 'month' };

export function readWhy(query: URLSearchParams): Question | null {
  const figure = query.get('why');
  if (figure === null) return null;
  const [area, department, since, until, position, grid, kind, place] = WHY_PARAMETERS.slice(1).map((name) => query.get(name));
  const scope = area && !area.endsWith('.') ? `${area}.` : (area ?? '');
  return {
    figure, area: scope, department: department ?? null, since: since ?? null, until: until ?? null,
    position: position ?? null, ...(grid ? { grid } : {}), ...(kind ? { kind } : {}), ...(place ? { place } : {}),
  };
}

const MONTH_MS = 30 * DAY_MS;
const BEGINNING = '2000-01-01T00:00:00Z';
const LEVELS: readonly Level[] = ['DISTRICT', 'DISTRICT', 'TOWNSHIP', 'COMMUNITY', 'GRID'];

/** The level of a scope's own row: as many codes as it has. */
export const levelOf = (scope: string): Level => LEVELS[scope.split('.').length - 1] ?? 'GRID';

/** The window of a figure: what the address says, else what the source wants, up to `now`. */
export function windowOf(
  { since, until }: Question, source: Source, now: number, timezone: string,
): { since: string; until: string } {
  const end = until ?? new Date(now).toISOString();
  const at = Date.parse(end);
  const window = source.kind === 'figure' ? source.window : 'always';
  const starts = {
    month: () => new Date(at - MONTH_MS).toISOString(),
    today: () => new Date(dayOf(at, timezone).from).toISOString(),
    always: () => BEGINNING,
  };
  return { since: since ?? starts[window](), until: end };
}

/**
 * The address of a question, the same whoever opens it and whenever: what was left open is filled in.
 *
 * In the past it names the instant, which opens the screen's own past: what was known at the
 * position of the answer is another moment.
 */
export function whyAddress(question: Question, window: { since: string; until: string } | null, position: string, asOf: AsOf): string {
  const query = new URLSearchParams({ why: question.figure });
  if (question.area) query.set('area', question.area);
  if (question.department) query.set('department', question.department);
  if (window) for (const [name, value] of Object.entries(window)) query.set(name, value);
  for (const name of ['grid', 'kind', 'place', 'since', 'until'] as const) if (question[name]) query.set(name, question[name]);
  const known = question.position ?? position;
  if (asOf && question.position === null) query.set('at', asOf.effectiveAt);
  else if (known !== '') query.set('position', known);
  return `/console?${query.toString()}`;
}
