/**
 * The outbox: keeps what was written until the server has it, whatever happens in between.
 *
 * Each step is kept before the next one begins, and every step may be done again without
 * harm: an upload answers the same under the same id, and so does a command. So the page or
 * the whole browser may end at any moment; `run` goes on from what is kept. Framework-free:
 * the store and the courier are handed in.
 */
import {
  arrived, type Draft, evidence, type Item, pictured, type Picture, postponed, type Problem,
  type Receipt, refused, type Sent, unsent, written,
} from './item'; // prettier-ignore

export interface Keep {
  all(): Promise<Item[]>;
  /** Keep an item, its new pictures in the same breath; on disk when this resolves. */
  put(item: Item, pictures?: ReadonlyMap<string, Blob>): Promise<void>;
  picture(upload: string): Promise<Blob | null>;
  /** Forget the pictures of an item, which may be gone already. */
  forget(item: Item): Promise<void>;
  drop(item: Item): Promise<void>;
  replace(old: Item, item: Item, pictures: ReadonlyMap<string, Blob>): Promise<void>;
}

export type Answer = { receipt: Omit<Receipt, 'at'> } | { problem: Problem };

export interface Courier {
  /** A token for a new resident. */
  newcomer(): Promise<string>;
  upload(upload: string, picture: Blob, token: string): Promise<Sent>;
  send(item: Item, evidence: { sha256: string; kind: string }[], token: string): Promise<Answer>;
}

/** The server said no to a picture: sending it again would not help. */
export class PictureRefused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.code);
  }
}

/** The account's token does not hold any more: somebody has to sign in. */
export class SignedOut extends Error {}

export interface Surroundings {
  now(): number;
  newId(): string;
  /** The signed-in account and its token. */
  account(): { who: string; token: string } | null;
  changed(item: Item | null): void;
  signedOut(): void;
}

const LOST = 'EVIDENCE_NOT_SENT';
const GONE: Problem = {
  code: 'PICTURE_LOST',
  zh: '本机上的照片已丢失，请重新拍摄。',
  en: 'A picture is no longer on this device: take it again.',
};

export class Outbox {
  #running = false;
  #again = false;

  constructor(
    readonly keep: Keep,
    private readonly courier: Courier,
    private readonly around: Surroundings,
  ) {}

  async write(draft: Draft, pictures: { kind: Picture['kind']; blob: Blob }[]): Promise<Item> {
    const { item, blobs } = this.#written(draft, pictures);
    await this.keep.put(item, blobs);
    this.around.changed(item);
    return item;
  }

  /** Put a corrected item in the place of a refused one, under an id of its own. */
  async correct(
    old: Item,
    draft: Draft,
    pictures: { kind: Picture['kind']; blob: Blob }[],
  ): Promise<Item> {
    const { item, blobs } = this.#written({ ...draft, token: old.token }, pictures);
    await this.keep.replace(old, item, blobs);
    this.around.changed(item);
    return item;
  }

  async drop(item: Item): Promise<void> {
    await this.keep.drop(item);
    this.around.changed(null);
  }

  /** Send what is due, oldest first; `hurry`: also what waits for its next try. */
  async run(hurry = false): Promise<void> {
    if (this.#running) {
      this.#again = true; // something was written meanwhile
      return;
    }
    this.#running = true;
    try {
      do {
        this.#again = false;
        for (const item of await this.#due(hurry)) await this.#deliver(item);
        hurry = false;
      } while (this.#again);
    } finally {
      this.#running = false;
    }
  }

  async #due(hurry: boolean): Promise<Item[]> {
    const now = this.around.now();
    return (await this.keep.all())
      .filter((one) => one.state === 'waiting' && (hurry || one.after <= now))
      .sort((a, b) => a.made - b.made);
  }

  async #deliver(item: Item): Promise<void> {
    try {
      await this.#step(item);
    } catch (problem) {
      const kept = (await this.keep.all()).find((one) => one.id === item.id) ?? item;
      if (problem instanceof PictureRefused) return this.#put(refused(kept, problem.problem));
      if (problem instanceof SignedOut) this.around.signedOut();
      await this.#put(postponed(kept, this.around.now()));
    }
  }

  async #step(given: Item): Promise<void> {
    let item = given;
    const token = await this.#token(item, (next) => (item = next));
    if (token === null) return; // another account's: it waits for that one to sign in
    for (const picture of item.pictures) {
      if (picture.sent) continue;
      const blob = await this.keep.picture(picture.upload);
      if (blob === null) throw new PictureRefused(GONE);
      item = pictured(item, picture.upload, await this.courier.upload(picture.upload, blob, token));
      await this.#put(item);
    }
    const answer = await this.courier.send(item, evidence(item), token);
    if ('receipt' in answer) {
      await this.#put(arrived(item, { ...answer.receipt, at: this.around.now() }));
      return this.keep.forget(item);
    }
    const again = answer.problem.code === LOST && item.tries < 3;
    await this.#put(
      again ? postponed(unsent(item), this.around.now()) : refused(item, answer.problem),
    );
  }

  async #token(item: Item, keep: (item: Item) => void): Promise<string | null> {
    if (item.token !== null) return item.token;
    if (item.who !== null) {
      const account = this.around.account();
      return account?.who === item.who ? account.token : null;
    }
    const named = { ...item, token: await this.courier.newcomer() };
    await this.#put(named); // before anything is sent under it
    keep(named);
    return named.token;
  }

  async #put(item: Item): Promise<void> {
    await this.keep.put(item);
    this.around.changed(item);
  }

  #written(
    draft: Draft,
    pictures: { kind: Picture['kind']; blob: Blob }[],
  ): { item: Item; blobs: Map<string, Blob> } {
    const blobs = new Map<string, Blob>();
    const named = pictures.map(({ kind, blob }) => {
      const upload = this.around.newId();
      blobs.set(upload, blob);
      return { upload, kind, sent: null };
    });
    const item = written(draft, named, this.around.newId(), this.around.now());
    return { item, blobs };
  }
}
