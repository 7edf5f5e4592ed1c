/** What an auditor may look up: a case by its number, other things by their code. */
import { ungrouped } from '../ui/numbers';
import type { Key } from './words';

export { idOf } from '../ui/ids';

export const KINDS = ['case', 'grid', 'area', 'department', 'worker'] as const;
export type Kind = (typeof KINDS)[number];

export interface Subject {
  kind: Kind;
  code: string;
}

export const LABELS: Readonly<Record<Kind, Key>> = {
  case: 'kindCase',
  grid: 'kindGrid',
  area: 'kindArea',
  department: 'kindDepartment',
  worker: 'kindWorker',
};

/** A subject as the address has it: `case:3716022026…`. */
export function subjectIn(text: string | null): Subject | null {
  const split = text?.indexOf(':') ?? -1;
  if (text === null || split < 1) return null;
  const kind = KINDS.find((one) => one === text.slice(0, split));
  const code = ungrouped(text.slice(split + 1).trim());
  return kind && code ? { kind, code } : null;
}
