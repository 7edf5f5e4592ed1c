/** Working hours as people write them, and as the calendar counts them: minutes of the day. */

const SPAN = /^(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})$/;

/** `08:30-12:00 13:30-18:00` as pairs of minutes; null when it is not that. */
export function hoursOf(text: string): number[][] | null {
  const spans = text.trim().split(/\s+/).map((span) => SPAN.exec(span));
  const found = spans.map((parts) => {
    const [, fromHour, fromMinute, toHour, toMinute] = (parts ?? []).map(Number);
    return [Number(fromHour) * 60 + Number(fromMinute), Number(toHour) * 60 + Number(toMinute)];
  });
  const inOrder = found.flat().every((minute, at, all) => minute <= 1_440 && (at === 0 || minute > (all[at - 1] ?? 0)));
  return spans.every(Boolean) && inOrder ? found : null;
}

const clock = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

/** The same the other way round. */
export const hoursText = (hours: readonly (readonly number[])[]): string =>
  hours.map((span) => span.map(clock).join('-')).join(' ');

/** Dates with spaces, commas or lines between them. */
export const datesOf = (text: string): string[] => text.split(/[\s,，、]+/).filter(Boolean);
