import { graphql } from 'relay-runtime';

export const board = graphql`
  query boardQuery($first: Int!) {
    cases(first: $first, orderBy: REPORTED) @connection(key: "board_cases") {
      edges { node { id version } }
    }
  }
`;
