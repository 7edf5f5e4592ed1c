/** Days of a time zone: where one begins, and where within it an instant lies. */
export const DAY_MS = 86_400_000;

/** An instant as date and time of a zone: `2026-11-23T14:30:05`. */
export function wallTime(at: number, timezone: string): string {
  const parts = new Intl.DateTimeFormat('sv-SE', {
    timeZone: timezone, year: 'numeric', month: '2-digit', day: '2-digit',
    hour: '2-digit', minute: '2-digit', second: '2-digit',
  }).format(at);
  return parts.replace(' ', 'T');
}

/** The instant at which a wall clock of a zone shows this; NaN when it is none. */
export function instantAt(local: string, timezone: string): number {
  const wanted = Date.parse(`${local.length === 10 ? `${local}T00:00` : local}Z`);
  if (Number.isNaN(wanted)) return NaN;
  let at = wanted;
  for (let turn = 0; turn < 2; turn += 1) at += wanted - Date.parse(`${wallTime(at, timezone)}Z`);
  return at;
}

/** Where the day of an instant begins and ends, in its zone. */
export function dayOf(at: number, timezone: string): { from: number; to: number } {
  const date = wallTime(at, timezone).slice(0, 10);
  const from = instantAt(date, timezone);
  const next = wallTime(from + 1.5 * DAY_MS, timezone).slice(0, 10);
  return { from, to: instantAt(next, timezone) };
}
