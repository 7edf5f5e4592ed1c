/**
 * One graphql-transport-ws connection with one subscription: the part of the protocol a
 * follower needs, in our own few lines because every screen loads them first.
 * https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
 */

/** The server must acknowledge within this. */
const ACK_MS = 5_000;

export interface Asked {
  url: string;
  query: string;
  variables: Record<string, unknown>;
  token?: string | null | undefined;
  /** Of a token that is bound to a key: a statement signed with it for this very connection (RFC 9449). */
  proof?: string | undefined;
  /** Where the runtime has no WebSocket of its own, as in node 20: one that is like it. */
  webSocketImpl?: typeof WebSocket | undefined;
}

interface Frame {
  type: string;
  payload?: unknown;
}

/** A subscription on a connection of its own. */
export class Subscribed {
  /** Resolves when the server completes; rejects with its errors, or with the closing. */
  readonly ended: Promise<void>;
  /** Cut the connection as a network failure would. */
  readonly cut: () => void;

  constructor(
    { url, query, variables, token, proof, webSocketImpl = WebSocket }: Asked,
    onResult: (result: unknown) => void,
  ) {
    const socket = new webSocketImpl(url, 'graphql-transport-ws');
    const say = (frame: object): void => socket.send(JSON.stringify(frame));
    let end!: (problem?: unknown) => void;
    this.ended = new Promise((resolve, reject) => {
      end = (problem) => (problem === undefined ? resolve() : reject(problem));
    });
    this.cut = () => {
      end({ code: 4499, reason: 'Terminated' });
      socket.close();
    };
    const patience = setTimeout(this.cut, ACK_MS);
    const heard = ({ type, payload }: Frame): void => {
      if (type === 'ping') say({ type: 'pong' });
      else if (type === 'next') onResult(payload);
      else if (type === 'error') end(payload);
      else if (type === 'complete') end();
      else if (type === 'connection_ack') {
        clearTimeout(patience);
        say({ id: '1', type: 'subscribe', payload: { query, variables } });
      }
    };
    socket.onopen = () => say({ type: 'connection_init', ...(token ? { payload: { token, proof } } : {}) });
    socket.onmessage = ({ data }) => {
      try {
        heard(JSON.parse(String(data)) as Frame);
      } catch (problem) {
        end(problem);
      }
    };
    socket.onerror = () => undefined; // the closing that follows says as much as is told
    socket.onclose = ({ code, reason }) => end({ code, reason });
    const over = (): void => {
      clearTimeout(patience);
      socket.onmessage = null;
      socket.close();
    };
    this.ended.then(over, over);
  }
}
