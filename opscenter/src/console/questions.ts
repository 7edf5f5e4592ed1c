/** What the console asks of the platform: its documents and the shapes of their answers. */
import { gql } from '../ui/graphql';

export interface CaseLine {
  id: string;
  number: string;
  status: string;
}

export const QUEUE = gql<{ cases: { nodes: CaseLine[] } }, { first: number }>(`query Queue($first: Int!) {
  cases(first: $first, filter: { open: true }, orderBy: DUE) { nodes { id number status } }
}`);
