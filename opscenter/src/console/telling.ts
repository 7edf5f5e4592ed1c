/** How the console says when, how long, where and who. */
import { age, type Lang, named } from '../i18n';
import { shortName } from '../map/labels';
import { ROLES } from '../ui/words';
import type { CaseLine } from './questions';

/** An instant in the district's zone: the time for today, else with the day, else with the year. */
export function moment(lang: Lang, timezone: string, at: string | number, now: number): string {
  const when = new Date(at);
  const day = (date: Date | number): string => formatter('en-CA', timezone, DAY).format(date);
  const time = formatter('en-GB', timezone, { hour: '2-digit', minute: '2-digit' }).format(when);
  if (day(when) === day(now)) return time;
  const locale = lang === 'zh' ? 'zh-CN' : 'en-GB';
  const sameYear = day(when).slice(0, 4) === day(now).slice(0, 4);
  if (!sameYear) return day(when);
  return `${formatter(locale, timezone, { month: 'short', day: 'numeric' }).format(when)} ${time}`;
}

/** An instant to the second, with its date: for the case file. */
export const exact = (timezone: string, at: string | number): string =>
  `${formatter('en-CA', timezone, DAY).format(new Date(at))} ${formatter('en-GB', timezone, CLOCK).format(new Date(at))}`;

const DAY = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
const CLOCK = { hour: '2-digit', minute: '2-digit', second: '2-digit' } as const;
const FORMATTERS = new Map<string, Intl.DateTimeFormat>();

function formatter(locale: string, timeZone: string, how: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${timeZone} ${JSON.stringify(how)}`;
  const known = FORMATTERS.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(locale, { timeZone, ...how });
  FORMATTERS.set(key, made);
  return made;
}

export { span } from '../ui/span';
export { age };

export function placeOf(lang: Lang, { area, grid }: CaseLine): string {
  const parts = [area, grid].flatMap((one) => (one ? [named(lang, one.name, one.nameEn)] : []));
  const [outer, inner] = parts;
  if (!inner) return outer ?? '–';
  return outer && inner.startsWith(shortName(outer)) ? inner : parts.join(' · ');
}

/** A verb as a button says it. */
export function verbTitle(lang: Lang, form: { title: string; titleEn: string } | undefined): string {
  return form ? capital(named(lang, form.title, form.titleEn)) : '';
}

/** With a capital at its beginning, as a heading has it; hanzi have none. */
export const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

export const categoryOf = (lang: Lang, { category, categoryCode }: CaseLine): string =>
  category ? named(lang, category.name, category.nameEn) : categoryCode;

/** Who, without a name: the role, the department, and the end of the opaque account. */
export function whoOf(lang: Lang, role: string, actor: string, unit: string | null): string {
  const self = role === 'clock' || role === 'import';
  const tail = self ? '' : ` ${tailOf(actor)}`;
  return `${ROLES[role]?.[lang] ?? role}${unit ? ` · ${unit}` : ''}${tail}`;
}

/** The end of an account that tells it from others: of a random one four characters, else its last words. */
export function tailOf(actor: string): string {
  const [last = '', ...before] = actor.split(':').reverse();
  if (/^[0-9a-f-]{8,}$/.test(last) || last.length > LONGEST_TAIL) return `…${actor.slice(-4)}`;
  const words = `${before[0] ?? ''} ${last}`.trim();
  return last.length < 3 && words.length <= LONGEST_TAIL ? words : last;
}

const LONGEST_TAIL = 14;
