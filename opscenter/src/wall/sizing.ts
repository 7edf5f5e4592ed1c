/**
 * How large the wall's text is, and how much of the wall then has room.
 *
 * Hanzi are read at 20 minutes of arc: 29 mm from 5 m. So the smallest text follows from the
 * screen's diagonal and the distance of its viewers, and what no longer fits is left out:
 * fewer rows, never smaller text. Without the two, a page is 120 × 67.5 rem.
 */
import type { Params } from './params';

/** The smallest text of the wall in rem, and what a page measures at its largest. */
const SMALLEST_REM = 1.5;
const PAGE = { width: 120, height: 67.5 };
const ARC = Math.tan((20 / 60) * (Math.PI / 180));
const INCH_MM = 25.4;
/** From here on a screen is two pages side by side. */
const WIDE = 2.6;
/** Below so many rem of height nothing of use is left: the text grows no further. */
const LEAST_REM = 32;

/** How much of the wall is shown: all of it, fewer cards and rows, or the essential. */
export type Room = 'full' | 'medium' | 'small';

export interface Sizing {
  /** Pixels of one rem. */
  rem: number;
  room: Room;
  /** Two pages side by side, or one. */
  wide: boolean;
  /** Whether the smallest text is as large as the distance wants it. */
  legible: boolean;
}

/** The pixels that the smallest text needs, 0 where screen or distance aren't known. */
export function neededPx(width: number, height: number, { diag, dist }: Pick<Params, 'diag' | 'dist'>): number {
  if (diag === null || dist === null) return 0;
  const pitchMm = (diag * INCH_MM) / Math.hypot(width, height);
  return (dist * 1_000 * ARC) / pitchMm;
}

/** Sizes for a window of so many pixels. */
export function sizing(
  width: number,
  height: number,
  params: Pick<Params, 'diag' | 'dist' | 'part' | 'bezel'>,
): Sizing {
  const wide = params.part !== null || width / height > WIDE;
  const page = wide && params.part === null ? (width - params.bezel) / 2 : width;
  const fitting = Math.min(page / PAGE.width, height / PAGE.height);
  const needed = neededPx(width, height, params) / SMALLEST_REM;
  const most = Math.max(fitting, Math.min(height / LEAST_REM, page / (LEAST_REM * 1.7)));
  const rem = Math.min(most, Math.max(fitting, needed));
  return { rem, room: roomOf(page / rem, height / rem), wide, legible: needed <= rem + 1e-6 };
}

function roomOf(width: number, height: number): Room {
  if (width >= 118 && height >= 66) return 'full';
  return width >= 88 && height >= 49 ? 'medium' : 'small';
}
