import { graphql } from 'relay-runtime';

export const feed = graphql`
  subscription feedSubscription($after: String) {
    caseFeed(after: $after) {
      __typename
      ... on CaseFeedSnapshot { cursor position nodes { id version } }
      ... on CaseFeedDelta { cursor position upserts { id version } removes { id } }
      ... on Resync { reason position }
      ... on Heartbeat { cursor position }
    }
  }
`;
