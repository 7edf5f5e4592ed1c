/**
 * The tree of the log (RFC 6962), in the browser: hashes, inclusion, roots out of tiles.
 *
 * Nothing here believes the server. What is given is hashed, and the result must be the root
 * that was signed; a pinned head must be a beginning of the newer one.
 */
export type Hash = Uint8Array<ArrayBuffer>;

/** Hashes a tile of level `level` holds when it is full. */
export const WIDTH = 256;
const HEIGHT = 8;

async function sha256(...parts: readonly Uint8Array[]): Promise<Hash> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest('SHA-256', whole));
}

export const leafHash = (entry: Uint8Array): Promise<Hash> => sha256(Uint8Array.of(0), entry);
export const nodeHash = (left: Hash, right: Hash): Promise<Hash> =>
  sha256(Uint8Array.of(1), left, right);

export const same = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, index) => byte === other[index]);

/** The root that a leaf and its path lead to; null when the path has the wrong length. */
export async function rootFrom(
  index: number,
  size: number,
  leaf: Hash,
  path: readonly Hash[],
): Promise<Hash | null> {
  if (index < 0 || index >= size) return null;
  let [node, last, hash] = [index, size - 1, leaf];
  for (const sibling of path) {
    if (last === 0) return null;
    if (node % 2 === 1 || node === last) {
      hash = await nodeHash(sibling, hash);
      while (node % 2 === 0 && node !== 0) {
        node = Math.floor(node / 2);
        last = Math.floor(last / 2);
      }
    } else {
      hash = await nodeHash(hash, sibling);
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? hash : null;
}

/** Gives the hashes of a tile: level, number, how many hashes of it there are. */
export type Tiles = (level: number, number: number, width: number) => Promise<Uint8Array>;

/** The whole subtrees that a tree of a size is made of, from the left: [height, number]. */
export function subtrees(size: number): [height: number, number: number][] {
  const found: [number, number][] = [];
  let start = 0;
  for (let height = 52; height >= 0; height--) {
    const leaves = 2 ** height;
    if (Math.floor(size / leaves) % 2 === 0) continue;
    found.push([height, start / leaves]);
    start += leaves;
  }
  return found;
}

/** The root of the first `size` leaves, out of tiles of a tree of `whole` leaves. */
export async function rootOf(size: number, whole: number, tiles: Tiles): Promise<Hash> {
  let root: Hash | null = null;
  for (const [height, number] of subtrees(size).reverse()) {
    const part: Hash = await subtree(height, number, whole, tiles);
    root = root === null ? part : await nodeHash(part, root);
  }
  return root ?? sha256();
}

/** The hash of one whole subtree, folded from the hashes of the tile that holds its top. */
async function subtree(height: number, number: number, whole: number, tiles: Tiles): Promise<Hash> {
  const level = Math.floor(height / HEIGHT);
  const above = height % HEIGHT;
  const first = number * 2 ** above;
  const tile = Math.floor(first / WIDTH);
  const there = Math.floor(whole / 2 ** (HEIGHT * level)) - tile * WIDTH;
  const bytes = await tiles(level, tile, Math.min(WIDTH, there));
  let hashes: Hash[] = Array.from({ length: 2 ** above }, (_, index) => {
    const at = ((first % WIDTH) + index) * 32;
    return new Uint8Array(bytes.slice(at, at + 32));
  });
  while (hashes.length > 1) {
    const pairs = Array.from({ length: hashes.length / 2 }, (_, index) =>
      nodeHash(hashes[2 * index]!, hashes[2 * index + 1]!),
    );
    hashes = await Promise.all(pairs);
  }
  return hashes[0]!;
}
