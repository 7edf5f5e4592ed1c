/**
 * Questions and commands to `/graphql`: typed documents, typed failures, nothing cached.
 *
 * The types of an answer and its variables are made from the document and the committed schema
 * (`build/types.mjs`, before svelte-check): a field that the schema no longer has, or one that is
 * used and was not asked for, is an error there. The build itself does without.
 */
import type { Answer, Operations, Variables } from '../generated/operations';
import { bearing, type Pass } from './session';

declare const ANSWER: unique symbol;

/** A document with the types of its answer and its variables. */
export interface Document<Answer, Variables> {
  readonly text: string;
  readonly [ANSWER]?: (variables: Variables) => Answer;
}

/** The text of an operation of that name. */
type Naming<Name extends string> = `${'query' | 'mutation'} ${Name}${'(' | ' '}${string}`;

/** A document by the name of its operation; the text has to be of that very one. */
export const gql = <Name extends keyof Operations>(
  text: Naming<Name>,
): Document<Answer<Name>, Variables<Name>> => ({ text });

/** The server understood and said no: code, words, and the id to look for in its log. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly requestId: string | null,
  ) {
    super(message);
  }
}

/** No answer, or none that can be understood: the same request may be sent again. */
export class Unreachable extends Error {}

/** Refusals of a moment: the read models are behind, the budget is used up, there is too much to do. */
const OF_A_MOMENT: ReadonlySet<string> = new Set(['UNAVAILABLE', 'THROTTLED', 'OVERLOADED']);

/** Whether the same request may succeed when it is sent again. */
export const mayPass = (problem: unknown): boolean =>
  problem instanceof Refusal ? OF_A_MOMENT.has(problem.code) : problem instanceof Unreachable;

export interface Answered<Answer> {
  data: Answer;
  /** Position of the log that the answer is as of. */
  position: number | null;
}

interface Body<Answer> {
  data?: Answer | null;
  errors?: { message: string; extensions?: { code?: string; requestId?: string } }[];
  extensions?: { position?: string | number };
}

const PATIENCE_MS = 15_000;
/** How long an answer may wait for what the asker has written. */
const SEEN_MS = 2_000;

/**
 * Ask. The answer shows what was written up to position `since`, or is refused as unavailable.
 * Throws Refusal, Unreachable, or the abort of `signal`.
 */
export async function ask<Answer, Variables>(
  document: Document<Answer, Variables>,
  variables: Variables,
  session: Pass | null,
  signal?: AbortSignal,
  since = 0,
): Promise<Answered<Answer>> {
  const extensions = since > 0 ? { extensions: { minPosition: String(since), timeoutMs: SEEN_MS } } : {};
  const deadline = AbortSignal.timeout(PATIENCE_MS);
  const body = await send<Answer>(
    JSON.stringify({ query: document.text, variables, ...extensions }),
    session,
    signal ? AbortSignal.any([signal, deadline]) : deadline,
  ).catch((problem: unknown) => {
    if (signal?.aborted) throw signal.reason;
    throw problem instanceof Refusal ? problem : new Unreachable(String(problem));
  });
  const [error] = body.errors ?? [];
  if (error) {
    const { code = 'INTERNAL', requestId = null } = error.extensions ?? {};
    throw new Refusal(code, error.message, requestId);
  }
  if (!body.data) throw new Unreachable('an answer without data');
  const position = body.extensions?.position;
  return { data: body.data, position: position === undefined ? null : Number(position) };
}

async function send<Answer>(
  body: string,
  session: Pass | null,
  signal: AbortSignal,
): Promise<Body<Answer>> {
  const answer = await fetch('/graphql', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      ...(session ? await bearing(session, 'POST', '/graphql') : {}),
    },
    body,
    signal,
  });
  return (await answer.json()) as Body<Answer>;
}
