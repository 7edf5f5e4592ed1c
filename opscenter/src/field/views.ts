/** Which views a role has, in the order of the bar below. */
import { CHANNELS, TASK_STATES } from './actions';
import type { Key } from './words';

export type View = 'tasks' | 'report' | 'outbox' | 'me';

export function viewsOf(role: string): readonly View[] {
  const views: View[] = [];
  if (role in TASK_STATES) views.push('tasks');
  if (role in CHANNELS) views.push('report');
  return [...views, 'outbox', 'me'];
}

export const firstView = (role: string): View => viewsOf(role)[0] ?? 'outbox';

/** The outbox of a resident is the list of the own reports. */
export const viewName = (view: View, role: string): Key =>
  view === 'outbox' && role === 'resident' ? 'mine' : view;
