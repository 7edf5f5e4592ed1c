/** The plain fields of an event, in words: department, reason, due instants. Sealed ones stay so. */
import { type Lang, named } from '../i18n';
import type { CaseEvent, CommandForm, Department } from './questions';
import { moment } from './telling';
import { CLOCK, wordOf } from './words';

export interface Known {
  departments: Department[];
  forms: ReadonlyMap<string, CommandForm>;
  timezone: string;
  now: number;
}

interface State {
  department?: string;
  was?: string;
  reason?: unknown;
  result?: string;
  satisfaction?: string;
  explanation?: { reason?: string; reason_en?: string };
  dues?: { clock: string; due: number; limit: string }[];
  clock?: string;
  until?: number;
  tier?: string;
  severity?: string;
  category?: string;
}

export function details(lang: Lang, known: Known, event: CaseEvent): string {
  const state = JSON.parse(event.state) as State;
  const department = (key: string): string => {
    const found = known.departments.find((one) => one.key === key);
    return found ? named(lang, found.name, found.nameEn) : key;
  };
  const at = (microseconds: number): string =>
    moment(lang, known.timezone, microseconds / 1_000, known.now);
  const coded = [state.reason, state.result, state.satisfaction].filter(
    (one): one is string => typeof one === 'string',
  );
  const why = state.explanation;
  return [
    state.department ? department(state.department) : '',
    why ? named(lang, why.reason ?? '', why.reason_en ?? '') : '',
    ...coded.map((code) => optionWord(lang, known.forms, code)),
    event.topic === 'case.classified' ? (state.category ?? '') : '',
    state.clock && !state.dues ? wordOf(CLOCK, state.clock, lang) : '',
    state.until ? `→ ${at(state.until)}` : '',
    ...(state.dues ?? []).map(({ clock, due }) => `${wordOf(CLOCK, clock, lang)} → ${at(due)}`),
  ]
    .filter(Boolean)
    .join(' · ');
}

/** The words of a coded reason, from the forms that offer it. */
function optionWord(lang: Lang, forms: ReadonlyMap<string, CommandForm>, code: string): string {
  for (const form of forms.values())
    for (const field of form.fields) {
      const found = field.options.find(({ value }) => value === code);
      if (found) return named(lang, found.title, found.titleEn);
    }
  return code;
}
