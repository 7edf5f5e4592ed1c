/** The field app's voice: its words in the language of the address, and times for people. */
import type { Lang } from '../i18n';
import { address } from '../ui/address.svelte';
import { own } from './own.svelte';
import { type Key, WORDS } from './words';
import type { Named } from './questions';
import { speaker } from '../ui/words';

class Voice {
  lang: Lang = $derived(address.lang);
  say = $derived(speaker(WORDS, address.lang));
}

export const voice = new Voice();

export const named = (one: Named | null, otherwise = ''): string =>
  one === null ? otherwise : voice.lang === 'zh' ? one.name : one.nameEn || one.name;

const UNITS: readonly [limit: number, size: number, key: Key][] = [
  [60, 1, 'seconds'],
  [3_600, 60, 'minutes'],
  [48 * 3_600, 3_600, 'hours'],
  [Infinity, 86_400, 'days'],
];

/** A span in one unit: 45 s, 12 min, 5 h, 3 d. */
export function lasting(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1_000));
  const [, size, key] = UNITS.find(([limit]) => seconds < limit) ?? [0, 86_400, 'days' as Key];
  return voice.say(key, { n: Math.floor(seconds / size) });
}

/** An instant on the district's clock, wherever the phone is. */
export function moment(at: string | number): string {
  const format: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'short', hour12: false, timeZone: own.timezone };
  return new Intl.DateTimeFormat(voice.lang === 'zh' ? 'zh-CN' : 'en-GB', format).format(new Date(at));
}
