/** Where the phone is, asked once when somebody wants to say where: never followed. */
export interface Spot {
  lon: number;
  lat: number;
  accuracyM: number;
}

export type NoSpot = 'denied' | 'unavailable';

const PATIENCE_MS = 12_000;
const FRESH_MS = 20_000;

export function whereAmI(): Promise<Spot | NoSpot> {
  const asked = navigator.geolocation as Geolocation | undefined;
  if (asked === undefined) return Promise.resolve('unavailable');
  return new Promise((resolve) =>
    asked.getCurrentPosition(
      ({ coords }) =>
        resolve({ lon: coords.longitude, lat: coords.latitude, accuracyM: coords.accuracy }),
      (problem) => resolve(problem.code === problem.PERMISSION_DENIED ? 'denied' : 'unavailable'),
      { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: FRESH_MS },
    ),
  );
}
