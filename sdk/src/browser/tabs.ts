import type { Tokens } from './tokens.ts';

/**
 * The other tabs of this application. What one gets all have, without any storage: a channel that only pages of this origin
 * hear. One at a time renews.
 */
export interface Tabs {
  tell(tokens: Tokens): void;
  tellSignedOut(): void;
  /** What another tab has that is newer than this moment, if one answers at once. */
  ask(newerThan: number): Promise<Tokens | undefined>;
  exclusively<T>(work: () => Promise<T>): Promise<T>;
}

type Message = { kind: 'tokens'; tokens: Tokens } | { kind: 'signed_out' } | { kind: 'ask'; newerThan: number };

/** Tabs that are awake answer within a few. One that sleeps has renewed nothing lately. */
const ANSWER_MILLISECONDS = 100;

export interface TabListeners {
  held(): Tokens | undefined;
  onTokens(tokens: Tokens): void;
  onSignedOut(): void;
}

export function joinTabs(name: string, { held, onTokens, onSignedOut }: TabListeners): Tabs {
  const channel = new BroadcastChannel(name);
  const send = (message: Message) => channel.postMessage(message);
  channel.addEventListener('message', ({ data }: MessageEvent<Message>) => {
    if (data.kind === 'signed_out') onSignedOut();
    else if (data.kind === 'tokens') onTokens(data.tokens);
    else {
      const tokens = held();
      if (tokens !== undefined && tokens.issuedAt > data.newerThan) send({ kind: 'tokens', tokens });
    }
  });
  return {
    tell: (tokens) => send({ kind: 'tokens', tokens }),
    tellSignedOut: () => send({ kind: 'signed_out' }),
    ask: (newerThan) =>
      new Promise((resolve) => {
        const done = (tokens?: Tokens) => {
          channel.removeEventListener('message', hear);
          clearTimeout(timer);
          resolve(tokens);
        };
        const hear = ({ data }: MessageEvent<Message>) => {
          if (data.kind === 'tokens' && data.tokens.issuedAt > newerThan) done(data.tokens);
        };
        const timer = setTimeout(done, ANSWER_MILLISECONDS);
        channel.addEventListener('message', hear);
        send({ kind: 'ask', newerThan });
      }),
    exclusively: async (work) => navigator.locks.request(name, work),
  };
}
