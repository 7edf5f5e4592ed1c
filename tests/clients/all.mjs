// Runs every client of npm against one platform, and says where each ends.
//
// In: the door as JSON on the command line; later a position on standard input. Out, a line of
// JSON each: {"ready": {client: ids of its page}} when all have a snapshot, then {"states": …}
// when all have heard of that position.
import { createInterface } from 'node:readline';
import apollo from './apollo.mjs';
import graphqlWs from './graphql-ws.mjs';
import relay from './relay.mjs';
import urql from './urql.mjs';

const CLIENTS = { 'graphql-ws': graphqlWs, urql, apollo, relay };
const door = JSON.parse(process.argv[2]);
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const each = (running, found) => Object.fromEntries(running.map(([name, one]) => [name, found(one)]));
const reached = async (running, position) => {
  while (running.some(([, { state }]) => state().position < position))
    await new Promise((resolve) => setTimeout(resolve, 10));
};

const running = await Promise.all(
  Object.entries(CLIENTS).map(async ([name, start]) => [name, await start(door, 5)]),
);
await reached(running, 0);
say({ ready: each(running, ({ board }) => board) });
for await (const line of createInterface({ input: process.stdin })) {
  await reached(running, Number(line));
  say({ states: each(running, ({ state }) => state().cases) });
  process.exit(0);
}
