/** Which scene comes next, and where it looks into. */
import type { SceneName, Shown } from '../params';

export interface Place {
  scope: string;
  open: number;
  overdue: number;
}

/** The place with most overdue cases, then with most open ones; null without any. */
export function worst<T extends Place>(places: readonly T[]): T | null {
  return places.reduce<T | null>(
    (found, one) =>
      found === null || one.overdue > found.overdue || (one.overdue === found.overdue && one.open > found.open)
        ? one
        : found,
    null,
  );
}

/** The next of the turns: townships go down to the worst place first, level by level. */
export function after(shown: Shown, turns: readonly SceneName[], below: readonly Place[]): Shown {
  const deeper = worst(below);
  if (shown.scene === 'townships' && deeper !== null) return { scene: 'townships', focus: deeper.scope };
  const next = turns[(turns.indexOf(shown.scene) + 1) % turns.length] ?? 'overview';
  return { scene: next, focus: null };
}

/** One level up: the scope above, null for the district's own. */
export function above(scope: string | null, district: string): string | null {
  if (scope === null) return null;
  const parent = scope.replace(/[^.]+\.$/, '');
  return parent.length > district.length ? parent : null;
}

/** Whether an hour lies in a night such as 22 to 6. */
export const isNight = (hour: number, [from, to]: readonly [number, number]): boolean =>
  from <= to ? hour >= from && hour < to : hour >= from || hour < to;

/** Where the picture stands a little aside, up and left, so that no pixel shows the same for ever. */
export function orbit(step: number): [x: number, y: number] {
  const angle = (step % 8) * (Math.PI / 4);
  return [Math.round(2 * Math.cos(angle)) - 2, Math.round(2 * Math.sin(angle)) - 2];
}
