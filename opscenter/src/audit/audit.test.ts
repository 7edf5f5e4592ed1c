import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { check, pinOf, readPins, keepPin, tilePath, tilesOf, type Pin } from './checking';
import { leafHash, nodeHash, rootFrom, rootOf, subtrees, type Hash, type Tiles, WIDTH } from './merkle';
import { FIELD_NAMES, fieldName, toldByName, valueName } from './fields';
import { hexOf, keyOf, signedHead } from './notes';
import { certainPosition, positionIn, toPosition, toSubject, wayTo } from './finding';
import { CASE_AT_FIELDS, FOUND_KINDS } from './questions';
import { idOf, subjectIn } from './subjects';
import { brief, plain, rowsOf } from './telling';
import { speaker } from '../ui/words';
import { WORDS } from './words';

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
const joined = (...parts: Uint8Array[]): Uint8Array<ArrayBuffer> => Uint8Array.from(parts.flatMap((part) => [...part]));
const textBytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** A small log of our own: entries, their tree, its tiles, a key that signs heads. */
class Log {
  readonly entries: Uint8Array<ArrayBuffer>[];

  private constructor(
    count: number,
    readonly vkey: string,
    readonly id: Uint8Array,
    readonly key: CryptoKey,
  ) {
    this.entries = Array.from({ length: count }, (_, index) => textBytes(JSON.stringify({ v: 1, position: index + 1 })));
  }

  static async of(count: number): Promise<Log> {
    const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair;
    const keyed = joined(Uint8Array.of(1), new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)));
    const digest = await crypto.subtle.digest('SHA-256', joined(textBytes('cell/1\n'), keyed));
    const id = new Uint8Array(digest).slice(0, 4);
    return new Log(count, `cell/1+${hexOf(id)}+${base64(keyed)}`, id, pair.privateKey);
  }

  async node(height: number, number: number): Promise<Hash> {
    if (height === 0) return leafHash(this.entries[number]!);
    return nodeHash(await this.node(height - 1, 2 * number), await this.node(height - 1, 2 * number + 1));
  }

  async root(from: number, to: number): Promise<Hash> {
    if (to - from === 1) return leafHash(this.entries[from]!);
    const half = split(to - from);
    return nodeHash(await this.root(from, from + half), await this.root(from + half, to));
  }

  async path(index: number, from: number, to: number): Promise<Hash[]> {
    if (to - from === 1) return [];
    const half = from + split(to - from);
    return index < half
      ? [...(await this.path(index, from, half)), await this.root(half, to)]
      : [...(await this.path(index, half, to)), await this.root(from, half)];
  }

  async note(size: number): Promise<string> {
    const text = `cell/1\n${size}\n${base64(await this.root(0, size))}\n`;
    const signature = await crypto.subtle.sign('Ed25519', this.key, textBytes(text));
    return `${text}\n— cell/1 ${base64(joined(this.id, new Uint8Array(signature)))}\n`;
  }

  async receipt(position: number, size: number): Promise<string> {
    const index = position - 1;
    const path = await this.path(index, 0, size);
    return [
      'c2sp.org/tlog-proof@v1',
      `extra ${base64(this.entries[index]!)}`,
      `index ${index}`,
      ...path.map(base64),
      '',
      await this.note(size),
    ].join('\n');
  }

  readonly tiles: Tiles = async (level, number, width) => {
    const hashes = await Promise.all(
      Array.from({ length: width }, (_, index) => this.node(8 * level, number * WIDTH + index)),
    );
    return joined(...hashes);
  };
}

const split = (size: number): number => 2 ** Math.floor(Math.log2(size - 1));
const failed = (steps: { name: string; ok: boolean }[]): string[] =>
  steps.filter(({ ok }) => !ok).map(({ name }) => name);

describe('the tree', () => {
  test('any leaf of any tree leads to its root, and no other leaf does', async () => {
    const log = await Log.of(40);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 40 }), fc.nat(), async (size, any) => {
        const index = any % size;
        const [leaf, path, root] = [await leafHash(log.entries[index]!), await log.path(index, 0, size), await log.root(0, size)];
        expect(hexOf((await rootFrom(index, size, leaf, path))!)).toBe(hexOf(root));
        const other = await leafHash(Uint8Array.of(7));
        const wrong = await rootFrom(index, size, other, path);
        expect(wrong === null || hexOf(wrong) !== hexOf(root)).toBe(true);
        expect(await rootFrom(size, size, leaf, path)).toBeNull();
      }),
      { numRuns: 60 },
    );
  });

  test('roots come out of tiles at every size, over more than one level', async () => {
    const log = await Log.of(600);
    for (const size of [1, 2, 3, 255, 256, 257, 511, 512, 600])
      expect(hexOf(await rootOf(size, 600, log.tiles))).toBe(hexOf(await log.root(0, size)));
  });

  test('a size is the sum of its whole subtrees', () => {
    expect(subtrees(11)).toEqual([[3, 0], [1, 4], [0, 10]]);
    expect(subtrees(256)).toEqual([[8, 0]]);
  });
});

test('a tile lies where tlog-tiles says', () => {
  expect(tilePath(0, 0, 256)).toBe('0/000');
  expect(tilePath(1, 1_234_067, 256)).toBe('1/x001/x234/067');
  expect(tilePath(0, 273, 112)).toBe('0/273.p/112');
});

test('a tile is asked for once', async () => {
  let asked = 0;
  const tiles = tilesOf((async () => {
    asked += 1;
    return new Response(Uint8Array.of(1));
  }) as typeof fetch);
  await tiles(0, 0, 3);
  await tiles(0, 0, 3);
  expect(asked).toBe(1);
});

describe('a receipt', () => {
  test('holds against the head it names, which is then pinned', async () => {
    const log = await Log.of(300);
    const found = await check(await log.receipt(17, 280), 17, log.vkey, null, log.tiles);
    expect(failed(found.steps)).toEqual([]);
    expect(found.steps.map(({ name }) => name)).toEqual(['receipt', 'key', 'signature', 'leaf', 'inclusion', 'pinned']);
    expect(found.pinned?.size).toBe(280);
    const later = await check(await log.receipt(299, 300), 299, log.vkey, found.pinned, log.tiles);
    expect(failed(later.steps)).toEqual([]);
    expect(later.pinned?.size).toBe(300);
    const older = await check(await log.receipt(5, 100), 5, log.vkey, later.pinned, log.tiles);
    expect(failed(older.steps)).toEqual([]);
    expect(older.pinned?.size).toBe(300);
  });

  test('of another event, a changed entry, a changed path, another key', async () => {
    const log = await Log.of(20);
    const text = await log.receipt(3, 20);
    const on = (position: number, other: string, vkey = log.vkey) => check(other, position, vkey, null, log.tiles);
    expect(failed((await on(4, text)).steps)).toEqual(['receipt']);
    const forged = text.replace(/extra \S+/, `extra ${btoa('{"position":3,"salt":"x"}')}`);
    expect(failed((await on(3, forged)).steps)).toEqual(['inclusion']);
    const elsewhere = text.replace(/extra \S+/, `extra ${btoa('{"position":9}')}`);
    expect(failed((await on(3, elsewhere)).steps)).toEqual(['leaf']);
    expect(failed((await on(3, text, (await Log.of(1)).vkey)).steps)).toEqual(['signature']);
    expect(failed((await on(3, text, 'no key')).steps)).toEqual(['key']);
    expect(failed((await on(3, 'no receipt')).steps)).toEqual(['receipt']);
  });

  test('of a log that was rewritten and signed with the same key', async () => {
    const log = await Log.of(30);
    const first = await check(await log.receipt(2, 25), 2, log.vkey, null, log.tiles);
    log.entries[6] = textBytes(JSON.stringify({ position: 7, salt: 'other' }));
    const after = await check(await log.receipt(2, 30), 2, log.vkey, first.pinned, log.tiles);
    expect(failed(after.steps)).toEqual(['pinned']);
    expect(after.pinned).toEqual(first.pinned);
  });

  test('signed by a key that is not the pinned one', async () => {
    const [log, other] = [await Log.of(8), await Log.of(8)];
    const first = await check(await log.receipt(2, 8), 2, log.vkey, null, log.tiles);
    const after = await check(await other.receipt(2, 8), 2, other.vkey, first.pinned, other.tiles);
    expect(failed(after.steps)).toEqual(['key']);
  });
});

test('a head is only what its key has signed', async () => {
  const log = await Log.of(4);
  const note = await log.note(4);
  const key = keyOf(log.vkey)!;
  expect((await signedHead(note, key))?.size).toBe(4);
  expect(await signedHead(note.replace('\n4\n', '\n3\n'), key)).toBeNull();
  expect(await signedHead('cell/1', key)).toBeNull();
});

test('one pin a log is kept', () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  } as Storage;
  const pin = (origin: string, size: number): Pin => ({ ...pinOf({ origin, size, root: new Uint8Array(32) }, 'k') });
  keepPin(storage, pin('a', 1));
  keepPin(storage, pin('b', 1));
  keepPin(storage, pin('a', 2));
  expect(readPins(storage).map(({ origin, size }) => [origin, size])).toEqual([['b', 1], ['a', 2]]);
});

test('every field of the comparison has a name in both languages', () => {
  const fields = CASE_AT_FIELDS.replace(/\{[^}]*\}/g, '').trim().split(/\s+/);
  expect(fields.toSorted()).toEqual(FIELD_NAMES.toSorted());
  for (const name of fields) expect(fieldName('zh', name)).not.toBe(fieldName('en', name));
});

test('both languages say everything', () => {
  for (const words of Object.values(WORDS))
    for (const text of Object.values(words)) expect(text.trim()).not.toBe('');
  expect(Object.keys(WORDS.en)).toEqual(Object.keys(WORDS.zh));
});

test('a subject is read from the address, and nothing else is', () => {
  expect(subjectIn('case: 371602 ')).toEqual({ kind: 'case', code: '371602' });
  for (const text of [null, '', 'case:', 'resident:1', 'x']) expect(subjectIn(text)).toBeNull();
  expect(atob(idOf('grid', '371602005036001'))).toBe('1:Grid:371602005036001');
});

test('what differs between two positions is told, a thing that was not there too', () => {
  const [one, two] = [{ status: 'FILED', grid: { code: '1', name: '一' } }, { status: 'CLOSED', grid: { code: '1', name: '一' } }];
  expect(rowsOf(one, two)).toEqual([
    { field: 'status', before: 'FILED', after: 'CLOSED', differs: true },
    { field: 'grid', before: '1 · 一', after: '1 · 一', differs: false },
  ]);
  expect(rowsOf(null, two).every(({ differs }) => differs)).toBe(true);
  expect(plain('2026-11-23T11:05:07.521841Z')).toBe('2026-11-23 11:05:07 UTC');
  expect(plain(null)).toBe('–');
});

describe('what an auditor types', () => {
  const kinds = FOUND_KINDS;

  test('is a position for certain behind a #, and else what there is under it', () => {
    expect(certainPosition(' #371602 ')).toBe('371602');
    expect(certainPosition('371602')).toBeNull();
    expect(wayTo('371602', { area: { id: 'x' } }, kinds)).toEqual(toSubject('area', '371602'));
    expect(wayTo('371602', { area: null }, kinds)).toEqual(toPosition('371602'));
    expect(wayTo('371602202611280001', {}, kinds)).toBeNull();
    expect(wayTo('urban', { department: { id: 'x' } }, kinds)).toEqual(toSubject('department', 'urban'));
    expect(wayTo('nobody', {}, kinds)).toBeNull();
  });
});

test('a position is read as it is shown, in groups, and as it is typed', () => {
  expect(['#279,416', '279,416', ' #1,279,416 ', '279416', '#12'].map(positionIn)).toEqual(['279416', '279416', '1279416', '279416', '12']);
  expect(['27,94,16', '2794,16', ',279', '#', 'w1007'].map(positionIn)).toEqual([null, null, null, null, null]);
  expect(certainPosition('#279,416')).toBe('279416');
});

test('of a long random id a row shows the end, of an account all', () => {
  expect(brief('resident:c31c949d6caf291da4ff79a1cd1e3d77')).toBe('resident:…79a1cd1e3d77');
  expect(['acct:67937eb4293647d4', 'demo:duty_leader:binbei:1', 'w1007'].map(brief)).toEqual(['acct:67937eb4293647d4', 'demo:duty_leader:binbei:1', 'w1007']);
});

test('a history says limits in words, and of each clock nothing twice', () => {
  expect([valueName('zh', '6W'), valueName('en', '4H'), valueName('en', '06010')]).toEqual(['6 个工作日', '4 working hours', '06010']);
  expect(['clocks.total.clock', 'clocks.total.limit', 'clock'].map(toldByName)).toEqual([true, false, false]);
});

test('each check says in words what its numbers are', async () => {
  const log = await Log.of(1_200);
  const first = await check(await log.receipt(7, 1_100), 7, log.vkey, null, log.tiles);
  const later = await check(await log.receipt(1_150, 1_200), 1_150, log.vkey, first.pinned, log.tiles);
  const said = (steps: typeof first.steps): string[] =>
    steps.map(({ shows }) => [shows.words && speaker(WORDS, 'en')(shows.words, shows.values), shows.code].filter(Boolean).join(' '));
  expect(said(later.steps)[0]).toBe('#1,150');
  expect(said(first.steps)[2]).toBe('1,100 events of cell/1');
  expect(said(first.steps)[4]).toMatch(/^\d+ hashes lead to the root [0-9a-f]{64}$/);
  expect(said(first.steps)[5]).toMatch(/^Pinned now: the root [0-9a-f]{64}$/);
  expect(said(later.steps)[5]).toBe('1,100 → 1,200 events');
});
