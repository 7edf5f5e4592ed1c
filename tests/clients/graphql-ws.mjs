// graphql-ws alone: queries and subscriptions over the one socket.
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { BOARD, FEED, Fold, idsOf, keeping } from './fold.mjs';

export default async function start(door, first) {
  const client = createClient(keeping(door, WebSocket));
  const fold = new Fold();
  client.subscribe({ query: FEED }, {
    next: ({ data }) => fold.apply(data.caseFeed),
    error: (problem) => { throw problem; },
    complete: () => undefined,
  });
  const board = async () => {
    for await (const { data } of client.iterate({ query: BOARD, variables: { first } })) return idsOf(data.cases);
    throw new Error('no answer');
  };
  return { board: await board(), state: () => fold };
}
