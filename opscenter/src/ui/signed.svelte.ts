/** The session as state: sign in, sign out, and ask in its name. */
import { ask as send, type Answered, type Document, Refusal } from './graphql';
import { leave, resume, type Session, signIn, signOut, watchTouch } from './session';

class Signed {
  session = $state.raw<Session | null>(resume());
  /** Why the last session ended, when the server ended it. */
  refused = $state(false);
  /** The password is being changed: the token of now ends before the next one has come. */
  changing = false;

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
    const { session } = this;
    try {
      return await send(document, variables, session, signal, since);
    } catch (problem) {
      const refused = problem instanceof Refusal && problem.code === 'UNAUTHENTICATED';
      if (refused && session === this.session && !this.changing) this.out(true);
      throw problem;
    }
  }
}

export const signed = new Signed();
watchTouch(() => signed.session);
