/** How many rows a table of a scene has room for, and in how many columns. */
import type { Sizing } from '../sizing';

/** What header, caption, heads and edges take of the height, and a row's height, in rem. */
const TAKEN_REM = { full: 14.9, medium: 14.6, small: 15.4 } as const;
const ROW_REM = 2.9;

/** The rows in columns, top to bottom, and how many found no place. */
export function columnsOf<Row>(
  rows: readonly Row[],
  { rem, room, wide }: Pick<Sizing, 'rem' | 'room' | 'wide'>,
  height: number,
): { columns: Row[][]; left: number } {
  const each = Math.max(3, Math.floor((height / rem - TAKEN_REM[room]) / ROW_REM));
  const most = room === 'small' ? 1 : 2;
  const wanted = Math.ceil(rows.length / (wide || room !== 'small' ? most : 1));
  const length = Math.max(1, Math.min(each, Math.max(wanted, Math.min(each, 8))));
  const columns: Row[][] = [];
  for (let from = 0; from < rows.length && columns.length < most; from += length)
    columns.push(rows.slice(from, from + length));
  return { columns, left: Math.max(0, rows.length - most * length) };
}
