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

const COUNTED = {
  zh: { U: '个紧急工作时', H: '个工作时', W: '个工作日', C: '个自然日' },
  en: { U: 'urgent hour', H: 'working hour', W: 'working day', C: 'calendar day' },
} as const;

/** A limit in words: `4H` is 4 working hours. What is none of the four kinds stays as it is. */
export function limitWords(lang: Lang, limit: string): string {
  const [, number = '', unit = ''] = /^(\d+)([UHWC])$/.exec(limit) ?? [];
  const kind = COUNTED[lang][unit as keyof (typeof COUNTED)['zh']];
  if (!kind) return limit;
  return `${number} ${kind}${lang === 'en' && number !== '1' ? 's' : ''}`;
}
