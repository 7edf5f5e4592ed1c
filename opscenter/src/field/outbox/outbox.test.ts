/** The outbox against a server that fails, forgets and dies, and a device that is switched off. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Item, Problem, Sent } from './item';
import {
  type Answer, type Courier, type Keep, Outbox, PictureRefused, SignedOut, type Surroundings,
} from './outbox'; // prettier-ignore

/** What is on the device; every value is copied, as IndexedDB does. */
class Disk implements Keep {
  items = new Map<string, Item>();
  pictures = new Map<string, Blob>();

  async all(): Promise<Item[]> {
    return structuredClone([...this.items.values()]);
  }
  async put(item: Item, pictures: ReadonlyMap<string, Blob> = new Map()): Promise<void> {
    for (const [upload, blob] of pictures) this.pictures.set(upload, blob);
    this.items.set(item.id, structuredClone(item));
  }
  async picture(upload: string): Promise<Blob | null> {
    return this.pictures.get(upload) ?? null;
  }
  async forget(item: Item): Promise<void> {
    for (const { upload } of item.pictures) this.pictures.delete(upload);
  }
  async drop(item: Item): Promise<void> {
    await this.forget(item);
    this.items.delete(item.id);
  }
  async replace(old: Item, item: Item, pictures: ReadonlyMap<string, Blob>): Promise<void> {
    await this.drop(old);
    await this.put(item, pictures);
  }
}

/** Remembers by id, as the real one does: the same command twice is one case. */
class Server {
  cases = new Map<string, { position: number; hashes: string[] }>();
  uploads = new Map<string, string>();
  newcomers = 0;
  no: Problem | null = null;

  upload(id: string, token: string): Sent {
    const known = `${token} ${id}`;
    if (!this.uploads.has(known)) this.uploads.set(known, `hash ${this.uploads.size}`);
    return { id: `kept ${id}`, sha256: this.uploads.get(known) ?? '' };
  }
  send(item: Item, evidence: { sha256: string }[]): Answer {
    if (this.no !== null) return { problem: this.no };
    const hashes = evidence.map(({ sha256 }) => sha256);
    const known = new Set(this.uploads.values());
    if (!hashes.every((one) => known.has(one)) || hashes.length < item.pictures.length)
      return { problem: { code: 'EVIDENCE_NOT_SENT', zh: '缺', en: 'missing' } };
    const first = this.cases.get(item.id) ?? { position: this.cases.size + 1, hashes };
    this.cases.set(item.id, first);
    return { receipt: { position: String(first.position), number: 'N', case: 'C' } };
  }
}

type Fault = 'none' | 'before' | 'after';
const WRITES = new Set(['put', 'forget', 'drop', 'replace']);

/** A process on a disk: when it dies after a write, nothing it does later reaches the disk. */
function mortal(disk: Disk, dies: () => boolean): { keep: Keep; dead: Promise<void> } {
  let alive = true;
  let die = (): void => undefined;
  const dead = new Promise<void>((resolve) => (die = resolve));
  const keep = new Proxy(disk, {
    get(target, name: keyof Keep) {
      return async (...given: unknown[]) => {
        if (!alive) return new Promise(() => undefined);
        const answer = await (target[name] as (...all: unknown[]) => unknown).apply(target, given);
        if (!WRITES.has(name) || !dies()) return answer;
        alive = false;
        die();
        return new Promise(() => undefined);
      };
    },
  });
  return { keep, dead };
}

function courierTo(server: Server, fault: () => Fault): Courier {
  const trying = <T>(work: () => T): Promise<T> => {
    const kind = fault();
    if (kind === 'before') return Promise.reject(new Error('not sent'));
    const done = work();
    return kind === 'after' ? Promise.reject(new Error('sent but unanswered')) : Promise.resolve(done);
  };
  return {
    newcomer: () => trying(() => `token ${(server.newcomers += 1)}`),
    upload: (id, _blob, token) => trying(() => server.upload(id, token)),
    send: (item, evidence) => trying(() => server.send(item, evidence)),
  };
}

let ids = 0;
function around(over: Partial<Surroundings> = {}): Surroundings & { clock: number } {
  const made: Surroundings & { clock: number } = {
    clock: 1_000,
    now: () => made.clock,
    newId: () => `id ${(ids += 1)}`,
    account: () => ({ who: 'acct:w1', token: 'w1' }),
    changed: () => undefined,
    signedOut: () => undefined,
    ...over,
  };
  return made;
}

const DRAFT = {
  verb: 'reportCase', who: 'acct:w1' as string | null, title: { zh: '垃圾', en: 'Rubbish' },
  input: { category: '06010', description: '路边' },
}; // prettier-ignore
const PHOTO = { kind: 'before' as const, blob: new Blob(['photo']) };
const never = (): Fault => 'none';

test('what is sent arrives with a position, and only then are its pictures forgotten', async () => {
  const [disk, server] = [new Disk(), new Server()];
  const said: string[] = [];
  const box = new Outbox(disk, courierTo(server, never), around({
    changed: (item) => said.push(`${item?.state} ${item?.pictures[0]?.sent?.sha256 ?? '-'}`),
  })); // prettier-ignore
  const item = await box.write(DRAFT, [PHOTO]);
  expect([...disk.pictures.keys()]).toEqual(item.pictures.map(({ upload }) => upload));
  await box.run();
  expect(said).toEqual(['waiting -', 'waiting hash 0', 'arrived hash 0']);
  expect(disk.items.get(item.id)?.receipt).toEqual({ position: '1', number: 'N', case: 'C', at: 1_000 });
  expect(disk.pictures.size).toBe(0);
  await box.run(true);
  expect(server.cases.size).toBe(1);
});

test('a refused one keeps its words and its pictures, and its correction is another command', async () => {
  const [disk, server] = [new Disk(), new Server()];
  server.no = { code: 'PLACE_NOT_IN_A_LIVE_GRID', zh: '位置不在有效网格内', en: 'no live grid' };
  const box = new Outbox(disk, courierTo(server, never), around());
  const item = await box.write(DRAFT, [PHOTO]);
  await box.run();
  const kept = disk.items.get(item.id);
  expect([kept?.state, kept?.problem, kept?.input]).toEqual(['refused', server.no, DRAFT.input]);
  expect(await disk.picture(item.pictures[0]?.upload ?? '')).toBe(PHOTO.blob);
  await box.run(true);
  expect(server.cases.size).toBe(0);
  server.no = null;
  const better = await box.correct(kept as Item, { ...DRAFT, input: { category: '06010' } }, [PHOTO]);
  expect([...disk.items.keys()]).toEqual([better.id]);
  await box.run();
  expect([...server.cases.keys()]).toEqual([better.id]);
});

test('it waits a little longer after each failure, and not at all when in a hurry', async () => {
  const [disk, server, here] = [new Disk(), new Server(), around()];
  let fault: Fault = 'before';
  const box = new Outbox(disk, courierTo(server, () => fault), here);
  const item = await box.write(DRAFT, []);
  const waits: number[] = [];
  for (let turn = 0; turn < 8; turn += 1) {
    await box.run();
    waits.push((disk.items.get(item.id)?.after ?? 0) - here.clock);
    here.clock = disk.items.get(item.id)?.after ?? 0;
  }
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  fault = 'none';
  here.clock -= 1;
  await box.run();
  expect(disk.items.get(item.id)?.state).toBe('waiting');
  await box.run(true);
  expect(disk.items.get(item.id)?.state).toBe('arrived');
});

test('a picture that the server refuses, and one that is gone from the device', async () => {
  const [disk, server] = [new Disk(), new Server()];
  const no = { code: 'NOT_A_PICTURE', zh: '不是照片', en: 'no picture' };
  const courier = courierTo(server, never);
  const box = new Outbox(disk, { ...courier, upload: () => Promise.reject(new PictureRefused(no)) }, around());
  const item = await box.write(DRAFT, [PHOTO]);
  await box.run();
  expect(disk.items.get(item.id)?.problem).toEqual(no);
  expect(disk.pictures.size).toBe(1);
  const other = await box.write(DRAFT, [PHOTO]);
  await disk.forget(other);
  await box.run();
  expect(disk.items.get(other.id)?.problem?.code).toBe('PICTURE_LOST');
});

test('pictures that the server has swept are sent again', async () => {
  const [disk, server] = [new Disk(), new Server()];
  let swept = false;
  const courier = courierTo(server, never);
  const box = new Outbox(disk, {
    ...courier,
    send: (item, evidence, token) => {
      if (!swept) server.uploads.clear();
      swept = true;
      return courier.send(item, evidence, token);
    },
  }, around()); // prettier-ignore
  const item = await box.write(DRAFT, [PHOTO]);
  await box.run();
  expect([disk.items.get(item.id)?.state, disk.items.get(item.id)?.pictures[0]?.sent]).toEqual(['waiting', null]);
  await box.run(true);
  expect(disk.items.get(item.id)?.state).toBe('arrived');
});

test("another account's items wait for that account", async () => {
  const [disk, server] = [new Disk(), new Server()];
  let who = 'acct:w2';
  const box = new Outbox(disk, courierTo(server, never), around({ account: () => ({ who, token: who }) }));
  const item = await box.write(DRAFT, []);
  await box.run(true);
  expect(disk.items.get(item.id)).toMatchObject({ state: 'waiting', tries: 0 });
  who = 'acct:w1';
  await box.run(true);
  expect(disk.items.get(item.id)?.state).toBe('arrived');
});

test('a token that no longer holds asks for signing in and loses nothing', async () => {
  const disk = new Disk();
  let asked = 0;
  const courier = courierTo(new Server(), never);
  const box = new Outbox(disk, { ...courier, send: () => Promise.reject(new SignedOut()) },
    around({ signedOut: () => (asked += 1) })); // prettier-ignore
  const item = await box.write(DRAFT, [PHOTO]);
  await box.run();
  expect(asked).toBe(1);
  expect(disk.items.get(item.id)).toMatchObject({ state: 'waiting', tries: 1 });
});

test('what is written while another is sent goes out in the same run', async () => {
  const [disk, server] = [new Disk(), new Server()];
  const courier = courierTo(server, never);
  const box: Outbox = new Outbox(disk, {
    ...courier,
    send: async (item, evidence, token) => {
      if (server.cases.size === 0) void box.write(DRAFT, []).then(() => box.run());
      await Promise.resolve();
      return courier.send(item, evidence, token);
    },
  }, around()); // prettier-ignore
  await box.write(DRAFT, []);
  await box.run();
  expect(server.cases.size).toBe(2);
});

test('a resident has an id for each report, kept before anything is sent under it', async () => {
  const [disk, server] = [new Disk(), new Server()];
  const box = new Outbox(disk, courierTo(server, never), around());
  const [one, two] = [await box.write({ ...DRAFT, who: null }, []), await box.write({ ...DRAFT, who: null }, [])];
  await box.run();
  expect([disk.items.get(one.id)?.token, disk.items.get(two.id)?.token]).toEqual(['token 1', 'token 2']);
});

test('whatever fails or dies at whatever step: each arrives, once', async () => {
  const fault = fc.constantFrom<Fault>('none', 'before', 'after');
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ resident: fc.boolean(), photos: fc.nat(2) }), { minLength: 1, maxLength: 5 }),
      fc.array(fc.record({ fault, dies: fc.boolean() }), { maxLength: 40 }),
      async (drafts, steps) => {
        const [disk, server, here] = [new Disk(), new Server(), around()];
        const plan = [...steps];
        const next = (): Fault => plan.shift()?.fault ?? 'none';
        const first = new Outbox(disk, courierTo(server, never), here);
        for (const { resident, photos } of drafts)
          await first.write({ ...DRAFT, who: resident ? null : 'acct:w1' }, Array(photos).fill(PHOTO));
        for (let life = 0; life < 60; life += 1) {
          const { keep, dead } = mortal(disk, () => plan[0]?.dies === true && plan.shift() !== undefined);
          await Promise.race([new Outbox(keep, courierTo(server, next), here).run(true), dead]);
        }
        expect([...disk.items.values()].map(({ state }) => state)).toEqual(drafts.map(() => 'arrived'));
        expect(server.cases.size).toBe(drafts.length);
        for (const item of disk.items.values()) {
          const { hashes, position } = server.cases.get(item.id) ?? { hashes: [], position: 0 };
          expect(item.receipt?.position).toBe(String(position));
          expect(hashes.length).toBe(item.pictures.length);
        }
      },
    ),
    { numRuns: 200 },
  );
});
