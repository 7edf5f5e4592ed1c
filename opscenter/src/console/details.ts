/** The plain fields of an event, in words: department, reason, due instants. Sealed ones stay so. */
import { type Lang, named } from '../i18n';
import type { CaseEvent, Category, CommandForm, Department } from './questions';
import { CLOCK, wordOf } from './words';

export interface Known {
  departments: Department[];
  categories: Category[];
  forms: ReadonlyMap<string, CommandForm>;
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
  figure?: string;
}

export function details(lang: Lang, known: Known, event: CaseEvent, when: (at: number) => string): string {
  const state = JSON.parse(event.state) as State;
  const department = (key: string): string => {
    const found = known.departments.find((one) => one.key === key);
    return found ? named(lang, found.name, found.nameEn) : key;
  };
  const category = (code: string): string => {
    const found = known.categories.find((one) => one.code === code);
    return found ? `${named(lang, found.name, found.nameEn)} ${code}` : code;
  };
  const at = (microseconds: number): string => when(microseconds / 1_000);
  const coded = [state.reason, state.result, state.satisfaction].filter(
    (one): one is string => typeof one === 'string',
  );
  const why = state.explanation;
  return [
    state.department ? department(state.department) : '',
    why ? named(lang, why.reason ?? '', why.reason_en ?? '') : '',
    ...coded.map((code) => optionWord(lang, known.forms, code)),
    event.topic === 'case.classified' && state.category ? category(state.category) : '',
    state.figure ?? '',
    state.clock && !state.dues ? wordOf(CLOCK, state.clock, lang) : '',
    state.until ? `→\u00a0${at(state.until)}` : '',
    ...(state.dues ?? []).map(({ clock, due }) => dueBy(lang, wordOf(CLOCK, clock, lang), at(due))),
  ]
    .filter(Boolean)
    .join(' · ');
}

/** Until when something is to be done, in words that stay together. */
const dueBy = (lang: Lang, what: string, at: string): string =>
  (lang === 'zh' ? `${what} ${at} 前` : `${what} by ${at}`).replaceAll(' ', '\u00a0');

export interface Appeal {
  appeal: string;
  figure: string;
  at: string;
}

/** Appeals of a case that nobody has decided, oldest first. */
export function openAppeals(events: readonly CaseEvent[]): Appeal[] {
  const told = (topic: string): Appeal[] =>
    events.filter((one) => one.topic === topic).map((one) => ({ ...(JSON.parse(one.state) as Appeal), at: one.at }));
  const decided = new Set(told('case.appeal_decided').map(({ appeal }) => appeal));
  return told('case.appeal_filed').filter(({ appeal }) => !decided.has(appeal));
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
