/** Words, numbers, spans and clocks in the two languages of the screens. */
import { en } from './en';
import { type Key, zh } from './zh';

export type { Key } from './zh';
export type Lang = 'zh' | 'en';

export const DICTIONARIES: Readonly<Record<Lang, Readonly<Record<Key, string>>>> = { zh, en };
export const LOCALES: Readonly<Record<Lang, string>> = { zh: 'zh-CN', en: 'en-GB' };

export const other = (lang: Lang): Lang => (lang === 'zh' ? 'en' : 'zh');
export const word = (lang: Lang, key: Key): string => DICTIONARIES[lang][key];

/** The name in the wanted language, or the one there is. */
export function named(lang: Lang, name: string | null, nameEn: string | null): string {
  return (lang === 'en' ? nameEn || name : name || nameEn) ?? '';
}

const GROUPED = new Intl.NumberFormat('en-US');
export const count = (value: number): string => GROUPED.format(value);

/** Basis points as per cent with one digit, rounded half up; null shows a dash. */
export function percent(basisPoints: number | null): string {
  if (basisPoints === null) return '–';
  return (Math.floor(basisPoints / 10 + 0.5) / 10).toFixed(1);
}

export interface Span {
  value: string;
  unit: Key | null;
}

const UNITS: readonly [limit: number, seconds: number, unit: Key][] = [
  [60, 1, 'seconds'],
  [3_600, 60, 'minutes'],
  [2 * 86_400, 3_600, 'hours'],
  [Infinity, 86_400, 'days'],
];

/** Seconds as one number with its unit: 45 s, 4 min, 1.5 h, 3.2 d. */
export function span(seconds: number | null): Span {
  if (seconds === null) return { value: '–', unit: null };
  for (const [limit, size, unit] of UNITS) {
    if (seconds >= limit) continue;
    const value = seconds / size;
    return { value: value < 10 && size > 60 ? value.toFixed(1) : String(Math.round(value)), unit };
  }
  return { value: '–', unit: null };
}

/** Age for the badge: tenths below ten seconds, then whole units that keep it short. */
export function age(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1_000;
  if (seconds < 10) return `${(Math.floor(seconds * 10) / 10).toFixed(1)} s`;
  if (seconds < 120) return `${Math.floor(seconds)} s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3_600)} h`;
}

export interface Clock {
  time(milliseconds: number): string;
  date(milliseconds: number): string;
  /** The time of something within 20 hours, the day of what is older, both of what comes on another day. */
  moment(milliseconds: number, now: number): string;
}

const RECENT_MS = 20 * 3_600_000;

/** A clock of the district's own zone, 24 hours with seconds; an unknown zone shows UTC. */
export function clock(lang: Lang, timezone: string): Clock {
  const zone = known(timezone) ? timezone : 'UTC';
  const time = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeStyle: 'medium' });
  const day: Intl.DateTimeFormatOptions = { month: 'short', day: 'numeric', weekday: 'short' };
  const date = new Intl.DateTimeFormat(LOCALES[lang], { timeZone: zone, ...day });
  const iso = new Intl.DateTimeFormat('en-CA', { timeZone: zone });
  return {
    time: (at) => time.format(at),
    date: (at) => date.format(at),
    moment: (at, now) => {
      if (at > now && iso.format(at) !== iso.format(now)) return `${iso.format(at)} ${time.format(at).slice(0, 5)}`;
      return (now - at > RECENT_MS ? iso : time).format(at);
    },
  };
}

function known(timezone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone });
    return true;
  } catch {
    return false;
  }
}
