/** What the wall shows is in its address: nothing to click, nothing lost at a reload. */
import type { Lang } from '../i18n';

export interface Params {
  lang: Lang;
  scope: string | null;
}

export function readParams(search: string): Params {
  const query = new URLSearchParams(search);
  return { lang: query.get('lang') === 'en' ? 'en' : 'zh', scope: query.get('scope') || null };
}

export function geoUrl(scope: string | null): string {
  return scope === null ? '/geo.json' : `/geo.json?scope=${encodeURIComponent(scope)}`;
}
