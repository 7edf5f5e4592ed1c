/** From what an auditor types to the place that shows it: a case, a thing of the register, a position. */
import type { FOUND_KINDS } from './questions';
import { idOf, type Kind } from './subjects';

export type Found = Partial<Record<(typeof FOUND_KINDS)[number], object | null>>;

/** Where the address goes to show something; `null` takes a parameter out. */
export type Way = Record<string, string | null>;

/** As it is typed, or as the screens show it, in groups of three digits. */
const POSITION = /^#?\s*(\d{1,12}|\d{1,3}(?:,\d{3}){1,3})$/;

/** The position that a text names, without its groups. */
export const positionIn = (text: string): string | null => POSITION.exec(text.trim())?.[1]?.replaceAll(',', '') ?? null;

export const toPosition = (position: string): Way => ({ view: 'proof', position });
export const toSubject = (kind: Kind, code: string): Way => ({ view: 'history', subject: `${kind}:${code}`, step: null });

/** The position that is meant for certain, because it begins with `#`. */
export function certainPosition(text: string): string | null {
  return text.trim().startsWith('#') ? positionIn(text) : null;
}

/** What to ask the server for: the text as a number and as a code of each kind. */
export const asked = (text: string) => ({
  number: text,
  grid: idOf('grid', text),
  area: idOf('area', text),
  department: idOf('department', text),
  worker: idOf('worker', text),
});

/** The first thing there is under a text; a bare number that is nothing else is a position. */
export function wayTo(text: string, found: Found, kinds: readonly Kind[]): Way | null {
  const kind = kinds.find((one) => found[one]);
  if (kind) return toSubject(kind, text);
  const position = positionIn(text);
  return position ? toPosition(position) : null;
}
