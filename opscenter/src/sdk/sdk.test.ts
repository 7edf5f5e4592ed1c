/** The script that every SDK runs (`api/sdk/conformance.json`), against real sockets. */
import { afterAll, beforeAll, describe as about, expect, test } from 'vitest';
import { WebSocket as Socket, WebSocketServer } from 'ws';
import script from '../../../api/sdk/conformance.json';
import { Line, LiveCollection, type Told } from '.';

interface Item {
  id: string;
  version: number;
}
type Message = Told & { nodes?: Item[]; upserts?: Item[]; removes?: { id: string }[] };
type Step = Partial<{
  accept: string | null;
  say: Message[];
  holds: { position: number | null; cursor: string | null; items: Record<string, number> };
  refuse: unknown[];
  complete: true;
  close: number;
  cut: true;
  hush: true;
}>;
interface Frame {
  type: string;
  payload?: { variables: { after: string | null } };
}

const PATIENCE_MS = 8_000;

/** A server that plays one side of a case. */
class Stage {
  readonly server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'graphql-transport-ws' });
  #waiting: { socket: Socket; after: string | null }[] = [];
  #socket!: Socket;

  constructor() {
    this.server.on('connection', (socket) => {
      socket.on('message', (data) => {
        const { type, payload } = JSON.parse(String(data)) as Frame;
        if (type === 'connection_init') socket.send('{"type":"connection_ack"}');
        else if (type === 'subscribe') this.#waiting.push({ socket, after: payload!.variables.after });
      });
    });
  }

  get url(): string {
    return `ws://127.0.0.1:${this.server.address().port}`;
  }

  async accept(): Promise<string | null> {
    await until(() => this.#waiting.length > 0);
    const { socket, after } = this.#waiting.shift()!;
    this.#socket = socket;
    return after;
  }

  say(type: string, payload?: unknown): void {
    this.#socket.send(JSON.stringify({ id: '1', type, ...(payload === undefined ? {} : { payload }) }));
  }

  close(code: number): void {
    this.#socket.close(code);
  }

  cut(): void {
    this.#socket.terminate();
  }
}

async function until(so: () => boolean): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!so()) {
    if (Date.now() > deadline) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function play(stage: Stage, steps: Step[], silenceMs: number | undefined): Promise<void> {
  let seen = 0;
  let said = 0;
  const collection = new LiveCollection<Item, Message>({
    key: ({ id }) => id,
    items: ({ nodes, upserts }) => nodes ?? upserts ?? [],
    gone: ({ removes }) => (removes ?? []).map(({ id }) => id),
  });
  const line: Line<Message> = collection.follow({
    url: stage.url,
    query: 'subscription Follow($after: String) { caseFeed(after: $after) { __typename } }',
    field: 'caseFeed',
    webSocketImpl: Socket as unknown as typeof WebSocket,
    onProblem: (problem) => (seen += problem === null ? 1 : 0),
    ...(silenceMs === undefined ? {} : { silenceMs }),
  });
  const running = line.run();
  for (const step of steps) {
    if ('accept' in step) expect(await stage.accept()).toBe(step.accept);
    for (const message of step.say ?? []) {
      stage.say('next', { data: { caseFeed: message } });
      said += 1;
    }
    await until(() => seen === said);
    if (step.holds)
      expect({
        position: collection.progress.position,
        cursor: collection.progress.cursor,
        items: Object.fromEntries([...collection.items].map(([id, { version }]) => [id, version])),
      }).toEqual(step.holds);
    if (step.refuse) stage.say('error', step.refuse);
    if (step.complete) stage.say('complete');
    if (step.close) stage.close(step.close);
    if (step.cut) stage.cut();
  }
  line.stop();
  await running;
}

about('a live collection', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = new Stage();
    await new Promise<void>((resolve) => stage.server.on('listening', resolve));
  });
  afterAll(() => {
    stage.server.close();
  });

  for (const { name, steps, silence_ms } of script.cases as { name: string; steps: Step[]; silence_ms?: number }[])
    test(name, () => play(stage, steps, silence_ms), 2 * PATIENCE_MS);
});

test('listeners hear what was replaced, changed and taken away', () => {
  const collection = new LiveCollection<Item & { stands: boolean }, Told & { all: (Item & { stands: boolean })[] }>({
    key: ({ id }) => id,
    items: ({ all }) => all,
    stays: ({ stands }) => stands,
  });
  const heard: string[] = [];
  collection.subscribe(({ anew, changed, gone }) =>
    heard.push(`${anew ? 'anew' : 'more'} +${changed.map(({ id }) => id).join()} -${gone.join()}`),
  );
  const told = (kind: string, position: string, id: string, stands: boolean): void =>
    collection.apply({ __typename: `Alarms${kind}`, cursor: position, position, all: [{ id, version: 1, stands }] });
  told('Snapshot', '1', 'a', true);
  told('Delta', '2', 'b', true);
  told('Delta', '3', 'a', false);
  told('Delta', '3', 'b', false);
  expect(heard).toEqual(['anew +a -', 'more +b -', 'more + -a']);
  expect([...collection.items.keys()]).toEqual(['b']);
});

test('while there is no server, no socket is tried', async () => {
  let tried = 0;
  class Refused {
    onclose: ((event: { code: number; reason: string }) => void) | null = null;
    constructor() {
      tried += 1;
      queueMicrotask(() => this.onclose?.({ code: 1006, reason: '' }));
    }
    close(): void {}
  }
  const answers = [false, false, true];
  const triedAt: number[] = [];
  const line = new Line<Told>({
    url: 'ws://127.0.0.1:1',
    query: 'subscription { wall { __typename } }',
    field: 'wall',
    variables: () => ({}),
    longestMs: 1,
    webSocketImpl: Refused as unknown as typeof WebSocket,
    onMessage: () => undefined,
    lives: () => {
      triedAt.push(tried);
      if (triedAt.length > answers.length) line.stop();
      return Promise.resolve(answers[triedAt.length - 1] ?? true);
    },
  });
  await line.run();
  expect(triedAt.slice(0, 4)).toEqual([1, 1, 1, 2]);
});

test('a bound token is proved anew with each attempt, and no socket is opened without a proof', async () => {
  const said: unknown[] = [];
  class Refusing {
    onopen: (() => void) | null = null;
    onclose: ((event: { code: number; reason: string }) => void) | null = null;
    constructor() {
      queueMicrotask(() => this.onopen?.());
    }
    send(frame: string): void {
      said.push((JSON.parse(frame) as Frame).payload);
      queueMicrotask(() => this.onclose?.({ code: 4403, reason: 'USE_DPOP_NONCE' }));
    }
    close(): void {}
  }
  const problems: (string | null)[] = [];
  let made = 0;
  const line = new Line<Told>({
    url: 'ws://127.0.0.1:1',
    query: 'subscription { wall { __typename } }',
    field: 'wall',
    variables: () => ({}),
    longestMs: 1,
    webSocketImpl: Refusing as unknown as typeof WebSocket,
    onMessage: () => undefined,
    token: () => 'bound',
    prove: () => {
      made += 1;
      if (made === 2) return Promise.reject(new Error('no nonce'));
      if (made === 4) line.stop();
      return Promise.resolve(`proof ${made}`);
    },
    onProblem: (problem) => problems.push(problem),
  });
  await line.run();
  expect(said).toEqual([1, 3].map((each) => ({ token: 'bound', proof: `proof ${each}` })));
  expect(problems).toEqual(['USE_DPOP_NONCE', 'no nonce', 'USE_DPOP_NONCE']);
});
