/** The API's ids of things that are not cases: their kind and their code, as the server writes them. */
const TYPES = { grid: 'Grid', area: 'Area', department: 'Department', worker: 'Worker' } as const;

/** The id of a thing; of an area by its scope or its code. */
export function idOf(kind: keyof typeof TYPES, code: string): string {
  const text = new TextEncoder().encode(`1:${TYPES[kind]}:${code}`);
  return btoa(String.fromCharCode(...text)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** A new UUID, also where a page without TLS has no `crypto.randomUUID`. */
export function newId(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((one) => one.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
