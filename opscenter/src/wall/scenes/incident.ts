/** What the wall may tell of a danger: the place of its grid, and what its public steps say. */
import type { FeedEntry } from '../../feed/messages';
import { type Lang, named } from '../../i18n';
import type { Geo, GeoTownship } from '../../map/geometry';
import { shortName } from '../../map/labels';
import type { Incident, Raised } from '../view.svelte';

export interface Telling {
  grid: string;
  /** When it began, in milliseconds since 1970; null: before this screen did. */
  at: number | null;
  number: string | null;
  township: GeoTownship | null;
  alarm: Raised | null;
  /** Its steps that are public, newest first. */
  steps: FeedEntry[];
  /** Township and grid, a line each. */
  place: (lang: Lang) => string[];
  category: (lang: Lang) => string;
}

/** A danger with all that is known of it; alarms only where this display may know them. */
export function telling(
  { grid, since }: Incident,
  geo: Geo | null,
  feed: readonly FeedEntry[],
  alarms: ReadonlyMap<string, Raised> | null,
): Telling {
  const found = geo?.grids.find(({ code }) => code === grid);
  const township = geo?.townships.find(({ code }) => code === found?.township) ?? null;
  const lines = feed.filter((line) => line.grid === grid && line.severity === 'life_safety');
  const number = lines[0]?.number ?? null;
  const raised = [...(alarms?.values() ?? [])].filter(({ kind }) => kind === 'life_safety');
  const alarm = raised.find((one) => one.number === number) ?? (raised.length === 1 ? (raised[0] ?? null) : null);
  return {
    grid,
    at: alarm ? Date.parse(alarm.raisedAt) : since,
    number: number ?? alarm?.number ?? null,
    township,
    alarm,
    steps: lines.filter((line) => line.number === number),
    place: (lang) => whereabouts(lang, township, found?.name ?? grid),
    category: (lang) => named(lang, lines[0]?.category ?? null, lines[0]?.categoryEn ?? null),
  };
}

function whereabouts(lang: Lang, township: GeoTownship | null, grid: string): string[] {
  return township === null ? [grid] : [shortName(named(lang, township.name, township.nameEn)), grid];
}

/** A span as minutes and seconds, from an hour on as hours and minutes. */
export function lasting(milliseconds: number, lang: Lang): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1_000));
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  const two = (value: number): string => String(value).padStart(2, '0');
  if (hours > 0) return lang === 'zh' ? `${hours} 小时 ${two(minutes)} 分` : `${hours} h ${two(minutes)} min`;
  return lang === 'zh' ? `${minutes} 分 ${two(seconds % 60)} 秒` : `${minutes} min ${two(seconds % 60)} s`;
}
