declare module 'virtual:fonts.css';
declare module 'virtual:fonts-rare.css';

/** As much of `ws` as the SDK's test needs to play a server. */
declare module 'ws' {
  export class WebSocket {
    send(data: string): void;
    close(code: number): void;
    terminate(): void;
    on(event: 'message', listener: (data: unknown) => void): void;
  }
  export class WebSocketServer {
    constructor(options: { port: number; host: string; handleProtocols: () => string });
    address(): { port: number };
    close(): void;
    on(event: 'connection', listener: (socket: WebSocket) => void): void;
    on(event: 'listening', listener: () => void): void;
  }
}
