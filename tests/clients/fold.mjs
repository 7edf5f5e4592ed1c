// What a newcomer writes in the callback of any client: the feed's four messages by the guide.
export const BOARD = `query Board($first: Int!) {
  cases(first: $first, orderBy: REPORTED) {
    edges { cursor node { id version } } pageInfo { hasNextPage endCursor }
  }
}`;
export const FEED = `subscription Feed($after: String) {
  caseFeed(after: $after) {
    __typename
    ... on CaseFeedSnapshot { cursor position nodes { id version } }
    ... on CaseFeedDelta { cursor position upserts { id version } removes { id } }
    ... on Resync { reason position }
    ... on Heartbeat { cursor position }
  }
}`;

export class Fold {
  cases = {};
  position = -1;

  apply(message) {
    if (message.__typename === 'CaseFeedSnapshot') {
      this.cases = Object.fromEntries(message.nodes.map(({ id, version }) => [id, version]));
      this.position = Number(message.position);
    } else if (message.__typename === 'CaseFeedDelta' && Number(message.position) > this.position) {
      for (const { id } of message.removes) delete this.cases[id];
      for (const { id, version } of message.upserts) this.cases[id] = version;
      this.position = Number(message.position);
    }
  }
}

/** The ids on a page, by the rules of connections. */
export const idsOf = ({ edges, pageInfo }) => {
  if (edges.length > 0 && pageInfo.endCursor !== edges.at(-1).cursor) throw new Error('endCursor is another');
  return edges.map(({ node }) => node.id);
};

/** How every client here keeps its socket: the library's own retry, for ever and soon. */
export const keeping = ({ socket, token }, webSocketImpl) => ({
  url: socket,
  webSocketImpl,
  connectionParams: { token },
  retryAttempts: Infinity,
  shouldRetry: () => true,
  retryWait: () => new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 60)),
});
