/** A length of time as people say it, in the screen's language. */
import type { Lang } from '../i18n';

const UNITS = {
  zh: { s: '秒', min: '分', h: '小时', d: '天' },
  en: { s: 's', min: 'min', h: 'h', d: 'd' },
} as const;

/** A length of time in one unit: 45 s, 12 min, 3.5 h, 4 d. */
export function span(lang: Lang, milliseconds: number): string {
  const seconds = Math.abs(milliseconds) / 1_000;
  const units = UNITS[lang];
  const said = (value: number, unit: keyof typeof units): string =>
    `${value < 10 && (unit === 'h' || unit === 'd') ? value.toFixed(1).replace('.0', '') : Math.floor(value)} ${units[unit]}`;
  if (seconds < 60) return said(seconds, 's');
  if (seconds < 3_600) return said(seconds / 60, 'min');
  if (seconds < 48 * 3_600) return said(seconds / 3_600, 'h');
  return said(seconds / 86_400, 'd');
}
