/** From what was typed to a command's input, and what is still missing. */
import type { Values } from './outbox';
import type { CaseLine, CommandForm, FormField } from './questions';

/** What a form starts with: flags that must be said are no until they are yes. */
export function started(form: CommandForm, given: Values): Values {
  const flags = form.fields.filter(({ kind, required }) => kind === 'FLAG' && required);
  return { ...Object.fromEntries(flags.map(({ name }) => [name, false])), ...given };
}

const blank = (value: unknown): boolean =>
  value === undefined || value === null ||
  (typeof value === 'string' && value.trim() === '') ||
  (Array.isArray(value) && value.length === 0);

/** The names of fields that must be given and are not. */
export const missing = (form: CommandForm, values: Values): string[] =>
  form.fields
    .filter((field) => field.required && !given(field, values[field.name]))
    .map(({ name }) => name);

function given(field: FormField, value: unknown): boolean {
  if (blank(value)) return false;
  if (field.kind === 'PARTS') {
    const parts = value as { category?: string }[];
    return parts.length >= 2 && parts.every(({ category }) => Boolean(category));
  }
  return true;
}

/** A picture that is on file; its file's name is for whoever chose it, and stays here. */
export interface Evidence {
  sha256: string;
  kind: string;
  name?: string;
}

/** The input: fields left blank are left out. */
export function filled(form: CommandForm, values: Values): Values {
  const kept = form.fields.flatMap(({ name, kind }): [string, unknown][] => {
    const value = values[name];
    if (blank(value)) return [];
    if (kind === 'NUMBER') return [[name, Number(value)]];
    if (kind === 'PARTS') return [[name, (value as Values[]).map(withoutBlanks)]];
    if (kind === 'PLACE') return [[name, withoutBlanks(value as Values)]];
    if (kind === 'EVIDENCE') return [[name, (value as Evidence[]).map(({ sha256, kind }) => ({ sha256, kind }))]];
    return [[name, value]];
  });
  return Object.fromEntries(kept);
}

const withoutBlanks = (value: Values): Values =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => !blank(one)));

/** What the compensating verb is filled in with: how the case stood before. */
export function undoValues(verb: string, before: CaseLine): Values {
  if (verb === 'classifyCase') return { category: before.categoryCode };
  if (verb === 'relocateCase' && before.grid) return { place: { grid: before.grid.code } };
  if (verb === 'redispatchCase' && before.department) return { department: before.department.key };
  return {};
}

/** A wall-clock text of a zone (`2026-11-23T14:30`) as an instant, RFC 3339; null when none. */
export function instantOf(local: string, timezone: string): string | null {
  const wanted = Date.parse(`${local}Z`);
  if (Number.isNaN(wanted)) return null;
  let at = wanted;
  for (let turn = 0; turn < 2; turn += 1) at += wanted - Date.parse(`${localOf(at, timezone)}:00Z`);
  return new Date(at).toISOString();
}

/** An instant as the wall-clock text of a zone. */
export function localOf(at: number, timezone: string): string {
  const parts = new Intl.DateTimeFormat('sv-SE', {
    timeZone: timezone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit',
  }).format(at);
  return parts.replace(' ', 'T');
}
