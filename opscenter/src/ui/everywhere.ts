/** Signing out everywhere: every token of the account ends, on whatever screen it is. */
import { ask, gql } from './graphql';
import { newId } from './ids';
import type { Session } from './session';

const END = gql<'EndSessions'>(
  `mutation EndSessions($input: EndSessionsInput!) { endSessions(input: $input) { userErrors { code } } }`,
);

/** End all sessions of whoever is signed in; tells whether they ended. */
export async function signOutEverywhere(session: Session): Promise<boolean> {
  const input = {
    clientMutationId: newId(),
    account: session.sub,
    reason: 'signed_out_everywhere',
  };
  const answer = await ask(END, { input }, session).catch(() => null);
  return answer !== null && answer.data.endSessions.userErrors.length === 0;
}
