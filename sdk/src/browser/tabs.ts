import type { Tokens } from './tokens.ts';

/**
 * The other tabs of this application. What one gets all have, without any storage: a channel that only pages of this origin
 * hear. One at a time renews.
 */
export interface Tabs {
  tell(tokens: Tokens): void;
  tellSignedOut(): void;
  /** What another tab has that is newer than this version, if one answers at once. */
  ask(newerThan: number): Promise<Tokens | undefined>;
  exclusively<T>(work: () => Promise<T>): Promise<T>;
}

type Message =
  | { kind: 'tokens'; for: string; tokens: Tokens }
  | { kind: 'ask'; for: string; newerThan: number }
  | { kind: 'signed_out' };

/** Tabs that are awake answer within a few. One that sleeps has renewed nothing lately. */
const ANSWER_MILLISECONDS = 100;

export interface TabListeners {
  held(): Tokens | undefined;
  onTokens(tokens: Tokens): void;
  onSignedOut(): void;
}

export function joinTabs(name: string, kind: string, { held, onTokens, onSignedOut }: TabListeners): Tabs {
  const channel = new BroadcastChannel(name);
  const send = (message: Message) => channel.postMessage(message);
  const tell = (tokens: Tokens) => send({ kind: 'tokens', for: kind, tokens });
  channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    const message = readMessage(data, kind);
    if (message?.kind === 'signed_out') onSignedOut();
    else if (message?.kind === 'tokens') onTokens(message.tokens);
    else if (message?.kind === 'ask') {
      const tokens = held();
      if (tokens !== undefined && tokens.version > message.newerThan) tell(tokens);
    }
  });
  return {
    tell,
    tellSignedOut: () => send({ kind: 'signed_out' }),
    ask: (newerThan) =>
      new Promise((resolve) => {
        const done = (tokens?: Tokens) => {
          channel.removeEventListener('message', hear);
          clearTimeout(timer);
          resolve(tokens);
        };
        const hear = ({ data }: MessageEvent<unknown>) => {
          const message = readMessage(data, kind);
          if (message?.kind === 'tokens' && message.tokens.version > newerThan) done(message.tokens);
        };
        const timer = setTimeout(done, ANSWER_MILLISECONDS);
        channel.addEventListener('message', hear);
        send({ kind: 'ask', for: kind, newerThan });
      }),
    exclusively: async (work) => navigator.locks.request(name, work),
  };
}

/** Any script of this origin may write to the channel, also one of an older version of this library. */
function readMessage(data: unknown, ours: string): Message | undefined {
  const message: { kind?: unknown; for?: unknown; tokens?: unknown; newerThan?: unknown } = Object(data);
  if (message.kind === 'signed_out') return { kind: 'signed_out' };
  if (message.for !== ours) return undefined;
  if (message.kind === 'ask' && typeof message.newerThan === 'number') {
    return { kind: 'ask', for: ours, newerThan: message.newerThan };
  }
  return message.kind === 'tokens' && isTokens(message.tokens)
    ? { kind: 'tokens', for: ours, tokens: message.tokens }
    : undefined;
}

function isTokens(value: unknown): value is Tokens {
  const { version, accessToken, type, issuedAt, expiresAt, refreshToken }: Partial<Tokens> = Object(value);
  return (
    [version, issuedAt, expiresAt].every(Number.isFinite) &&
    [accessToken, type, refreshToken ?? ''].every((text) => typeof text === 'string')
  );
}
