/** Which exports there are, and where each lies. */
export const EXPORTS = ['cases', 'figures'] as const;
export type What = (typeof EXPORTS)[number];
export const FORMS = ['ndjson', 'csv', 'parquet'] as const;

/** Days in the reader's own zone; cases are chosen by when they were reported. */
interface Asked {
  scope: string;
  since: string;
  until: string;
}

const NAMES: Readonly<Record<What, readonly [from: string, to: string]>> = {
  cases: ['reportedFrom', 'reportedBefore'],
  figures: ['since', 'until'],
};

/** The address of an export; a day that is given as the last one is within. */
export function exportPath(what: What, form: string, { scope, since, until }: Asked): string {
  const query = new URLSearchParams();
  const [from, to] = NAMES[what];
  if (scope.trim()) query.set('scope', scope.trim().endsWith('.') ? scope.trim() : `${scope.trim()}.`);
  if (since) query.set(from, new Date(`${since}T00:00`).toISOString());
  if (until) {
    const end = new Date(`${until}T00:00`);
    end.setDate(end.getDate() + 1);
    query.set(to, end.toISOString());
  }
  const text = query.toString();
  return `/export/${what}.${form}${text ? `?${text}` : ''}`;
}
