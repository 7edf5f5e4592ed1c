// Relay: its compiler reads our schema, and its store holds the connection and every case.
import { execFileSync } from 'node:child_process';
import { cpSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createClient } from 'graphql-ws';
import relay from 'relay-runtime';
import { WebSocket } from 'ws';
import { Fold, keeping } from './fold.mjs';

const { Environment, fetchQuery, Network, Observable, RecordSource, requestSubscription, Store } = relay;
const HERE = import.meta.dirname;

/** Compile the documents in a folder of its own; nothing that is made is kept. */
async function compiled({ schema, work }) {
  cpSync(join(HERE, 'relay'), join(work, 'src'), { recursive: true });
  symlinkSync(join(HERE, 'node_modules'), join(work, 'node_modules'));
  writeFileSync(join(work, 'package.json'), '{"type":"module"}');
  cpSync(schema, join(work, 'schema.graphql'));
  const config = { src: './src', schema: './schema.graphql', language: 'javascript', eagerEsModules: true };
  writeFileSync(join(work, 'relay.config.json'), JSON.stringify(config));
  const compiler = join(HERE, 'node_modules/relay-compiler/cli.js');
  execFileSync(process.execPath, [compiler, 'relay.config.json'], { cwd: work, stdio: 'pipe' });
  const made = (name) => import(pathToFileURL(join(work, 'src/__generated__', `${name}.graphql.js`)).href);
  return [(await made('boardQuery')).default, (await made('feedSubscription')).default];
}

export default async function start(door, first) {
  const [board, feed] = await compiled(door);
  const socket = createClient(keeping(door, WebSocket));
  const asking = async ({ text }, variables) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${door.token}` };
    const answer = await fetch(door.url, { method: 'POST', headers, body: JSON.stringify({ query: text, variables }) });
    return answer.json();
  };
  const following = ({ text }, variables) =>
    Observable.create((sink) => socket.subscribe({ query: text, variables }, sink));
  const environment = new Environment({
    network: Network.create(asking, following),
    store: new Store(new RecordSource(), { gcReleaseBufferSize: 10_000 }),
  });
  const fold = new Fold();
  requestSubscription(environment, {
    subscription: feed,
    variables: {},
    onNext: ({ caseFeed }) => fold.apply(caseFeed),
    onError: (problem) => { throw problem; },
  });
  const data = await fetchQuery(environment, board, { first }).toPromise();
  const stored = () => {
    const source = environment.getStore().getSource();
    const cases = Object.keys(fold.cases).map((id) => [id, source.get(id)?.version]);
    return { position: fold.position, cases: Object.fromEntries(cases) };
  };
  return { board: data.cases.edges.map(({ node }) => node.id), state: stored };
}
