/** How the audit screen says when and what: to the second, in UTC, values as they are. */

/** An instant with date, seconds and zone: an auditor compares it with other papers. */
export const stamp = (at: string): string => `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`;

const INSTANT = /^\d{4}-\d\d-\d\dT/;

/** An account in a row of a table: of a long random id its end, for which there is room. */
export const brief = (who: string): string => who.replace(/[0-9a-f]{24,}$/, (id) => `…${id.slice(-12)}`);

/** A value of a case's snapshot as text; a dash for none. */
export function plain(value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'string' && INSTANT.test(value)) return stamp(value);
  if (typeof value === 'object') return Object.values(value).filter(Boolean).join(' · ');
  return String(value);
}

/** The rows of two snapshots, side by side, with whether they differ. */
export function rowsOf(
  before: Record<string, unknown> | null,
  after: Record<string, unknown> | null,
): { field: string; before: string; after: string; differs: boolean }[] {
  const fields = Object.keys(after ?? before ?? {});
  return fields.map((field) => {
    const [one, two] = [plain(before?.[field]), plain(after?.[field])];
    return { field, before: one, after: two, differs: one !== two };
  });
}
