/** What the wall may tell of a danger: the place of its grid, and what its public steps say. */
import type { FeedEntry } from '../../feed/messages';
import type { Answer } from '../../generated/operations';
import { type Lang, named } from '../../i18n';
import type { Geo, GeoTownship } from '../../map/geo';
import { shortName } from '../../map/labels';
import { ask, gql } from '../../ui/graphql';
import type { Pass } from '../../ui/session';
import type { Incident, Raised } from '../view.svelte';

export type Around = Answer<'WallIncident'>['wallIncident'];
export type OpenCase = Around['cases'][number];

const INCIDENT = gql<'WallIncident'>(`query WallIncident($grid: String!) {
  wallIncident(grid: $grid) {
    position withheld
    grid { code }
    path { code level name nameEn }
    posted { kind inGrid around }
    cases { ...Told steps { position at topic department departmentEn } }
    near { ...Told }
  }
}
fragment Told on IncidentCase {
  number category categoryEn statusTitle statusTitleEn severity overdue grid gridName
  department departmentEn reportedAt dueAt dueTitle dueTitleEn
}`);

/** What may be told of a grid in danger; null while the server gives nothing. */
export async function askAround(grid: string, pass: Pass | null): Promise<Around | null> {
  const answer = await ask(INCIDENT, { grid }, pass).catch(() => null); // the next look asks again
  return answer?.data.wallIncident ?? null;
}

export interface Telling {
  grid: string;
  /** When it began, in milliseconds since 1970; null: before this screen did. */
  at: number | null;
  number: string | null;
  township: GeoTownship | null;
  alarm: Raised | null;
  /** The case, where it may be told. */
  told: OpenCase | null;
  /** Its steps that are public, newest first. */
  steps: readonly Pick<FeedEntry, 'position' | 'at' | 'topic' | 'department' | 'departmentEn'>[];
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
  around: Around | null = null,
): Telling {
  const found = geo?.grids.find(({ code }) => code === grid);
  const township = geo?.townships.find(({ code }) => code === found?.township) ?? null;
  const lines = feed.filter((line) => line.grid === grid && line.severity === 'life_safety');
  const [told] = around?.cases ?? [];
  const number = told?.number ?? lines[0]?.number ?? null;
  const raised = [...(alarms?.values() ?? [])].filter(({ kind }) => kind === 'life_safety');
  const alarm = raised.find((one) => one.number === number) ?? (raised.length === 1 ? (raised[0] ?? null) : null);
  return {
    grid,
    at: alarm ? Date.parse(alarm.raisedAt) : told?.reportedAt ? Date.parse(told.reportedAt) : since,
    number: number ?? alarm?.number ?? null,
    township,
    alarm,
    told: told ?? null,
    steps: told?.steps ?? lines.filter((line) => line.number === number),
    place: (lang) => whereabouts(lang, township, found?.name ?? grid),
    category: (lang) => named(lang, (told ?? lines[0])?.category ?? null, (told ?? lines[0])?.categoryEn ?? null),
  };
}

function whereabouts(lang: Lang, township: GeoTownship | null, grid: string): string[] {
  return township === null ? [grid] : [shortName(named(lang, township.name, township.nameEn)), grid];
}

/** A span in seconds, as minutes and seconds, from an hour on as hours and minutes, from two days on as days. */
export function lasting(milliseconds: number, lang: Lang, rough = false): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1_000));
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  const two = (value: number): string => String(value).padStart(2, '0');
  if (days > 1) return lang === 'zh' ? `${days} 天` : `${days} d`;
  if (hours > 0 && rough) return lang === 'zh' ? `${hours} 小时` : `${hours} h`;
  if (hours > 0) return lang === 'zh' ? `${hours} 小时 ${two(minutes)} 分` : `${hours} h ${two(minutes)} min`;
  if (minutes === 0) return lang === 'zh' ? `${seconds} 秒` : `${seconds} s`;
  if (rough) return lang === 'zh' ? `${minutes} 分` : `${minutes} min`;
  return lang === 'zh' ? `${minutes} 分 ${two(seconds % 60)} 秒` : `${minutes} min ${two(seconds % 60)} s`;
}
