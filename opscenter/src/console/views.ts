/**
 * Which cases the queue shows, and in which order: all of it in the address.
 *
 * A view is a named filter. Some come with the role; others are saved under a name of
 * one's own in this browser. `?view=NAME` chooses one, further parameters narrow it.
 */
import { ungrouped } from '../ui/numbers';
import type { CaseLine } from './questions';

export type Order = 'due' | 'newest' | 'updated';
export const ORDERS: readonly Order[] = ['due', 'newest', 'updated'];

export interface Filter {
  statuses: string[];
  overdue: boolean;
  severity: string | null;
  scope: string | null;
  department: string | null;
  category: string | null;
  text: string;
  order: Order;
}

export const EVERYTHING: Filter = {
  statuses: [], overdue: false, severity: null, scope: null, department: null, category: null,
  text: '', order: 'due',
};

const NAMES = {
  status: 'statuses', overdue: 'overdue', severity: 'severity', in: 'scope',
  department: 'department', category: 'category', q: 'text', order: 'order',
} as const;

export type Patch = Record<string, string | null>;

/** What the address says. */
export function readFilter(query: URLSearchParams): Filter {
  const order = query.get('order');
  return {
    statuses: (query.get('status') ?? '').split(',').filter(Boolean),
    overdue: query.get('overdue') === '1',
    severity: query.get('severity'),
    scope: query.get('in'),
    department: query.get('department'),
    category: query.get('category'),
    text: query.get('q') ?? '',
    order: ORDERS.find((one) => one === order) ?? 'due',
  };
}

/** The parameters of a filter; null takes one out. */
export function writeFilter(filter: Filter): Patch {
  return {
    status: filter.statuses.join(',') || null,
    overdue: filter.overdue ? '1' : null,
    severity: filter.severity,
    in: filter.scope,
    department: filter.department,
    category: filter.category,
    q: filter.text || null,
    order: filter.order === 'due' ? null : filter.order,
  };
}

export const PARAMETERS = Object.keys(NAMES);

export interface View {
  /** In the address; also the word's key for a built-in one. */
  name: string;
  filter: Filter;
}

const view = (name: string, filter: Partial<Filter>): View => ({
  name,
  filter: { ...EVERYTHING, ...filter },
});

const OPEN = view('all', {});
const OVERDUE = view('overdue', { overdue: true });
const DANGER = view('lifeSafety', { severity: 'LIFE_SAFETY' });
const TRIAGE = view('toTriage', { statuses: ['REPORTED', 'VERIFYING'] });
const FILE = view('toFile', { statuses: ['ACCEPTED'] });
const DISPATCH = view('toDispatch', { statuses: ['FILED'] });
const UNDERWAY = view('underway', { statuses: ['DISPATCHED', 'IN_PROGRESS', 'SUSPENDED'] });
const CHECK = view('toCheck', { statuses: ['RESOLVED', 'CHECKING'] });
const CLOSE = view('toClose', { statuses: ['PASSED', 'RESOLVED'] });

const BY_ROLE: Readonly<Record<string, View[]>> = {
  acceptor: [TRIAGE, OVERDUE, DANGER, OPEN],
  dispatcher: [DISPATCH, UNDERWAY, CHECK, OVERDUE, DANGER, OPEN],
  duty_leader: [TRIAGE, FILE, DISPATCH, UNDERWAY, CHECK, CLOSE, OVERDUE, DANGER, OPEN],
  checker: [CHECK, OVERDUE, OPEN],
  handler: [UNDERWAY, OVERDUE, OPEN],
};

/** The views a role works from, the first one first. */
export const viewsOf = (role: string): View[] => BY_ROLE[role] ?? [OPEN, OVERDUE, DANGER];

const KEY = 'quanke.views';

/** The saved views of this browser; what can't be read is none. */
export function savedViews(storage: Pick<Storage, 'getItem'>): View[] {
  try {
    const found: unknown = JSON.parse(storage.getItem(KEY) ?? '[]');
    if (!Array.isArray(found)) return [];
    return found.flatMap((one: { name?: unknown; query?: unknown }) =>
      typeof one.name === 'string' && typeof one.query === 'string'
        ? [{ name: one.name, filter: readFilter(new URLSearchParams(one.query)) }]
        : [],
    );
  } catch {
    return [];
  }
}

export function saveViews(storage: Pick<Storage, 'setItem'>, views: View[]): void {
  const kept = views.map(({ name, filter }) => ({ name, query: queryOf(filter) }));
  storage.setItem(KEY, JSON.stringify(kept));
}

/** A filter as the text of its parameters: equal filters, equal text. */
export function queryOf(filter: Filter): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(writeFilter(filter)))
    if (value !== null) query.set(name, value);
  return query.toString();
}

/** Whether a filter lets a case through. */
export function lets(filter: Filter, line: CaseLine): boolean {
  return (
    (filter.statuses.length === 0 || filter.statuses.includes(line.status)) &&
    (!filter.overdue || line.overdue) &&
    (filter.severity === null || line.severity === filter.severity) &&
    (filter.scope === null || line.scope.startsWith(filter.scope)) &&
    (filter.department === null || line.department?.key === filter.department) &&
    (filter.category === null || line.categoryCode === filter.category) &&
    (filter.text === '' || said(line).includes(ungrouped(filter.text).toLowerCase()))
  );
}

const said = ({ number, category, area, grid, department }: CaseLine): string =>
  [number, category, area, grid, department]
    .map((one) => (typeof one === 'string' ? one : one ? `${one.name} ${one.nameEn}` : ''))
    .join(' ')
    .toLowerCase();

const LATEST = Infinity;
const instant = (text: string | null): number => (text === null ? LATEST : Date.parse(text));

const BY: Readonly<Record<Order, (a: CaseLine, b: CaseLine) => number>> = {
  due: (a, b) =>
    Number(b.severity === 'LIFE_SAFETY') - Number(a.severity === 'LIFE_SAFETY') ||
    compare(instant(a.dueAt), instant(b.dueAt)),
  newest: (a, b) => compare(instant(b.reportedAt), instant(a.reportedAt)),
  updated: (a, b) => compare(instant(b.updatedAt), instant(a.updatedAt)),
};

const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);

/** The cases of a filter in its order; ties by number, so that rows never jump. */
export function shown(lines: Iterable<CaseLine>, filter: Filter): CaseLine[] {
  const by = BY[filter.order];
  return [...lines]
    .filter((line) => lets(filter, line))
    .sort((a, b) => by(a, b) || (a.number < b.number ? -1 : 1));
}
