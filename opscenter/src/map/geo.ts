/**
 * A district as `/geo.json` tells it.
 *
 * Rings come as delta-coded integers (first pair absolute, each next one the step from the
 * last; `scale` units per degree).
 */

export interface GeoGrid {
  code: string;
  name: string;
  township: string;
  rings: number[][];
}

export interface GeoTownship {
  code: string;
  name: string;
  nameEn: string;
  lon: number | null;
  lat: number | null;
}

export interface Geo {
  version: string;
  bounds: [number, number, number, number];
  scale?: number;
  schematic: boolean;
  grids: GeoGrid[];
  townships: GeoTownship[];
  /** Of a picture around a grid, which comes first: how many of the nearest have their names shown, it not. */
  named?: number;
}
