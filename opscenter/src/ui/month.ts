/** Months of a calendar, as texts: days are `2026-11-20`, months `2026-11`; no zone is asked. */
import type { Lang } from '../i18n';
import { DAY_MS } from './days';

const UTC = 'UTC';
const isoDay = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Whether this is a day that exists, written out. */
export const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && isoDay(Date.parse(text)) === text;

/** A day so many days on. */
export const dayOn = (day: string, by: number): string => isoDay(Date.parse(day) + by * DAY_MS);

/** A month so many months on. */
export function monthOn(month: string, by: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7);
}

/** The weeks that a month lies in, from Monday on; days of the neighbours are null. */
export function weeksOf(month: string): (string | null)[][] {
  const first = `${month}-01`;
  const before = (new Date(first).getUTCDay() + 6) % 7;
  const last = dayOn(`${monthOn(month, 1)}-01`, -1);
  const length = Number(last.slice(8));
  const cells = Array.from({ length: Math.ceil((before + length) / 7) * 7 }, (_, index) => {
    const day = index - before;
    return day < 0 || day >= length ? null : dayOn(first, day);
  });
  return Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(week * 7, week * 7 + 7));
}

const locale = (lang: Lang): string => (lang === 'zh' ? 'zh-CN' : 'en-GB');

/** 2026年11月, November 2026. */
export const monthName = (lang: Lang, month: string): string =>
  new Intl.DateTimeFormat(locale(lang), { timeZone: UTC, year: 'numeric', month: 'long' }).format(Date.parse(`${month}-01`));

/** Monday to Sunday, as short as the language has them. */
export const weekdays = (lang: Lang): string[] => {
  const names = new Intl.DateTimeFormat(locale(lang), { timeZone: UTC, weekday: lang === 'zh' ? 'narrow' : 'short' });
  return Array.from({ length: 7 }, (_, index) => names.format(Date.UTC(2024, 0, 1 + index)));
};

/** A day in full, for whoever hears it: 2026年11月20日星期五, Friday 20 November 2026. */
export const dayName = (lang: Lang, day: string): string =>
  new Intl.DateTimeFormat(locale(lang), { timeZone: UTC, dateStyle: 'full' }).format(Date.parse(day));
