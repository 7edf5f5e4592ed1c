/** The places one level below what is looked at: areas, or the grids of a community. */
import type { State } from '../../feed/store';
import type { Geo } from '../../map/geo';
import type { Picture } from '../view.svelte';

export interface Below {
  code: string;
  level: string;
  name: string;
  nameEn: string;
  open: number;
  overdue: number;
  /** Closing rate in basis points; null where there was no case. */
  rate: number | null;
}

/** The worst first: most overdue, then most open. */
export function placesBelow(picture: Picture, state: State | null, geo: Geo | null): Below[] {
  const areas = picture.townships.map(
    ({ code, scope, level, name, nameEn, open, overdue, closingRateBp }): Below => ({
      code: code || scope, level, name, nameEn, open, overdue, rate: closingRateBp,
    }),
  );
  const found = areas.every(({ level }) => level === 'grid') ? [...areas, ...idle(areas, state, geo)] : areas;
  return found.sort((a, b) => b.overdue - a.overdue || b.open - a.open || (a.code < b.code ? -1 : 1));
}

/** Grids that never had a case are places too. */
function idle(known: readonly Below[], state: State | null, geo: Geo | null): Below[] {
  const told = new Set(known.map(({ code }) => code));
  return (geo?.grids ?? []).filter(({ code }) => !told.has(code)).map(({ code, name }) => {
    const { open = 0, overdue = 0 } = state?.grids.get(code) ?? {};
    return { code, level: 'grid', name, nameEn: name, open, overdue, rate: null };
  });
}
