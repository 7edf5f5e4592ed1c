/**
 * The load colour: one blue hue, darker is fewer. Amber stays free for what is abnormal.
 *
 * The scale is logarithmic and strictly rising, so that one case more always shows, in a
 * quiet village as in the busiest block.
 */

export type Rgb = readonly [number, number, number];

export const STOPS: readonly Rgb[] = [
  [22, 31, 45],
  [20, 58, 92],
  [24, 98, 150],
  [62, 150, 205],
  [178, 224, 250],
];

/** Colour at `t` in 0..1, linear between the stops. */
export function ramp(t: number, stops: readonly Rgb[] = STOPS): Rgb {
  const place = Math.min(1, Math.max(0, t)) * (stops.length - 1);
  const low = Math.min(stops.length - 2, Math.floor(place));
  const [a, b] = [stops[low] as Rgb, stops[low + 1] as Rgb];
  const mix = (index: 0 | 1 | 2): number =>
    Math.round(a[index] + (b[index] - a[index]) * (place - low));
  return [mix(0), mix(1), mix(2)];
}

/** The same lightness without the hue. */
export function grey([red, green, blue]: Rgb): Rgb {
  const light = Math.round(0.2126 * red + 0.7152 * green + 0.0722 * blue);
  return [light, light, light];
}

export const css = ([red, green, blue]: Rgb): string => `rgb(${red} ${green} ${blue})`;

/** Place of a count on a scale that ends at `cap`. */
export const share = (count: number, cap: number): number =>
  Math.log1p(Math.max(0, count)) / Math.log1p(Math.max(1, cap));

/** The end of the scale for these counts: their largest, in round numbers, at least 4. */
export function capOf(counts: Iterable<number>): number {
  let largest = 4;
  for (const count of counts) largest = Math.max(largest, count);
  const magnitude = 10 ** Math.floor(Math.log10(largest));
  const step = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((by) => by * magnitude >= largest);
  return Math.ceil((step ?? 10) * magnitude);
}

const ROUND = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000];

/** Numbers to write under the scale, at least `apart` (0..1) from one another, ends included. */
export function ticks(cap: number, apart: number): number[] {
  const chosen = [0];
  for (const value of ROUND.filter((round) => round < cap)) {
    const last = share(chosen.at(-1) ?? 0, cap);
    if (share(value, cap) - last >= apart && 1 - share(value, cap) >= apart) chosen.push(value);
  }
  return [...chosen, cap];
}
