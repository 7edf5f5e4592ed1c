// urql with its document cache; queries go by GET where they fit.
import { cacheExchange, createClient, fetchExchange, subscriptionExchange } from '@urql/core';
import { createClient as createSocket } from 'graphql-ws';
import { WebSocket } from 'ws';
import { BOARD, FEED, Fold, idsOf, keeping } from './fold.mjs';

export default async function start(door, first) {
  const socket = createSocket(keeping(door, WebSocket));
  const client = createClient({
    url: door.url,
    preferGetMethod: 'within-url-limit',
    fetchOptions: { headers: { authorization: `Bearer ${door.token}` } },
    exchanges: [
      cacheExchange,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query, variables }) => ({
          subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables }, sink) }),
        }),
      }),
    ],
  });
  const fold = new Fold();
  client.subscription(FEED, {}).subscribe(({ data, error }) => {
    if (error) throw error;
    if (data) fold.apply(data.caseFeed);
  });
  const { data, error } = await client.query(BOARD, { first }).toPromise();
  if (error) throw error;
  return { board: idsOf(data.cases), state: () => fold };
}
