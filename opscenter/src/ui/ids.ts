/** The API's ids of things that are not cases: their kind and their code, as the server writes them. */
const TYPES = { grid: 'Grid', area: 'Area', department: 'Department', worker: 'Worker' } as const;

/** The id of a thing; of an area by its scope or its code. */
export function idOf(kind: keyof typeof TYPES, code: string): string {
  const text = new TextEncoder().encode(`1:${TYPES[kind]}:${code}`);
  return btoa(String.fromCharCode(...text)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}
