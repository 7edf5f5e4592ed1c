/** The session as state: sign in, sign out, and ask in its name. */
import { ask as send, type Answered, type Document, Refusal } from './graphql';
import { leave, resume, type Session, signIn, signOut, watchTouch } from './session';

class Signed {
  session = $state.raw<Session | null>(resume());
  /** Why the last session ended, when the server ended it. */
  refused = $state(false);

  in(token: string): boolean {
    const session = signIn(token);
    if (session !== null) {
      this.session = session;
      this.refused = false;
    }
    return session !== null;
  }

  out(refused = false): void {
    signOut();
    if (!refused) void leave(this.session);
    this.session = null;
    this.refused = refused;
  }

  /** Ask in the session's name; a token that is not accepted leads back to the sign-in page. */
  async ask<Answer, Variables>(
    document: Document<Answer, Variables>,
    variables: Variables,
    signal?: AbortSignal,
    since = 0,
  ): Promise<Answered<Answer>> {
    try {
      return await send(document, variables, this.session, signal, since);
    } catch (problem) {
      if (problem instanceof Refusal && problem.code === 'UNAUTHENTICATED') this.out(true);
      throw problem;
    }
  }
}

export const signed = new Signed();
watchTouch(() => signed.session);
