/** The usual way in node: graphql-ws over ws, each subscription executed for itself. */
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../opscenter/package.json', import.meta.url));
const { buildSchema } = require('graphql');
const { useServer } = await import(require.resolve('graphql-ws/use/ws'));
const { WebSocketServer } = require('ws');

const schema = buildSchema(`
  type Case { id: ID! number: String! status: String! categoryCode: String! scope: String!
    severity: String! reportedAt: String! updatedAt: String! }
  type CaseFeedDelta { cursor: String! position: String! upserts: [Case!]! removes: [Case!]! }
  type Query { nothing: Boolean }
  type Subscription { caseFeed: CaseFeedDelta! }`);

const waiting = new Set();
async function* follow() {
  const queue = [];
  let wake = () => {};
  const member = { push: (value) => { queue.push(value); wake(); } };
  waiting.add(member);
  try {
    for (;;) {
      while (queue.length) yield { caseFeed: queue.shift() };
      await new Promise((resolve) => { wake = resolve; });
    }
  } finally { waiting.delete(member); }
}

const server = createServer();
const sockets = new WebSocketServer({ server, path: '/graphql', perMessageDeflate: false });
useServer({ schema, roots: { subscription: { caseFeed: follow } } }, sockets);
const feed = (position) => ({
  cursor: 'MXxhYmNkZWYwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OXwxMjM0NQ', position: String(position),
  upserts: [{ id: 'MTpDYXNlOjAxYTIwN2ZhLThkODktNzQ4NS04MzRkLWQzZGY5ZTY1NzViOA',
    number: '3716022026112300001', status: 'REPORTED', categoryCode: '06010',
    scope: '371602.005.036.001.', severity: 'NORMAL', reportedAt: '2026-09-21T13:46:40.000000Z',
    updatedAt: '2026-09-21T13:46:40.000000Z' }],
  removes: [],
});
const now = () => Number(process.hrtime.bigint() / 1000n);
const sleep = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

async function publish(asked) {
  const cpu = process.cpuUsage(), sent = {}, began = performance.now();
  for (let number = 0; number < asked.events; number += 1) {
    await sleep(Math.max(0, began + (number * 1000) / asked.rate - performance.now()));
    const position = asked.from + number;
    sent[position] = now();
    for (const member of waiting) member.push(feed(position));
  }
  await sleep(1000 * (asked.settle_s ?? 1));
  const used = process.cpuUsage(cpu);
  return { cpu_s: (used.user + used.system) / 1e6, sent };
}

const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
server.listen(0, '127.0.0.1', 4096, () => say({ ready: true, port: server.address().port }));
const lines = createInterface({ input: process.stdin });
for await (const line of lines) {
  const asked = JSON.parse(line);
  say(asked.do === 'publish' ? await publish(asked)
    : { rss_kb: process.memoryUsage().rss / 1024, members: waiting.size });
}
process.exit(0);
