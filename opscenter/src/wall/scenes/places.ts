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
  /** Closing rate in basis points; undefined where none is kept. */
  rate: number | null | undefined;
}

/** The worst first: most overdue, then most open. */
export function placesBelow(picture: Picture, state: State | null, geo: Geo | null): Below[] {
  const areas = picture.townships.map(
    ({ code, scope, level, name, nameEn, open, overdue, closingRateBp }): Below => ({
      code: code || scope, level, name, nameEn, open, overdue, rate: closingRateBp,
    }),
  );
  const found = areas.length > 0 ? areas : gridsOf(state, geo);
  return found.sort((a, b) => b.overdue - a.overdue || b.open - a.open || (a.code < b.code ? -1 : 1));
}

/** Grids that never had a case are places too. */
function gridsOf(state: State | null, geo: Geo | null): Below[] {
  return (geo?.grids ?? []).map(({ code, name }) => {
    const { open = 0, overdue = 0 } = state?.grids.get(code) ?? {};
    return { code, level: 'grid', name, nameEn: name, open, overdue, rate: undefined };
  });
}
