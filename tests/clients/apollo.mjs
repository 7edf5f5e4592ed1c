// Apollo: what is asked at the end is its normalised cache, which the feed has kept up to date.
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { BOARD, FEED, Fold, idsOf, keeping } from './fold.mjs';

export default async function start(door, first) {
  const http = new HttpLink({ uri: door.url, headers: { authorization: `Bearer ${door.token}` } });
  const socket = new GraphQLWsLink(createClient(keeping(door, WebSocket)));
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: ApolloLink.split(({ operationType }) => operationType === 'subscription', socket, http),
  });
  const fold = new Fold();
  client.subscribe({ query: gql(FEED) }).subscribe({
    next: ({ data, error }) => {
      if (error) throw error;
      fold.apply(data.caseFeed);
    },
  });
  const { data } = await client.query({ query: gql(BOARD), variables: { first } });
  const cached = () => {
    const held = client.cache.extract();
    const cases = Object.keys(fold.cases).map((id) => [id, held[`Case:${id}`]?.version]);
    return { position: fold.position, cases: Object.fromEntries(cases) };
  };
  return { board: idsOf(data.cases), state: cached };
}
