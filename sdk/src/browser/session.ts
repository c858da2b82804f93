import { AuthError } from './auth-error.ts';
import { readIdToken } from './id-token.ts';
import type { AuthState } from './options.ts';
import { joinTabs } from './tabs.ts';
import { isDueSoon, isUsable, lifetimeOf, type TokenAnswer, type Tokens } from './tokens.ts';

export interface SessionDeps {
  /** The same in all tabs of this application. */
  name: string;
  /** The same in those whose tokens are alike. */
  kind: string;
  issuer: string;
  clientId: string;
  dpop: boolean;
  redeem(refreshToken: string): Promise<TokenAnswer>;
}

/** Who is signed in here, and the tokens that say so: in this tab's memory, and the same in all tabs. */
export interface Session {
  readonly state: AuthState;
  readonly tokens: Tokens | undefined;
  subscribe(listener: () => void): () => void;
  /** What a sign-in brought; `nonce` is the one that was sent. @throws AuthError */
  open(answer: TokenAnswer, nonce: string): void;
  /** Takes over what another tab has. False when there is none. */
  join(): Promise<boolean>;
  close(error?: Error): void;
  closeEverywhere(): void;
  /** @throws AuthError: `signed_out`, `network_error`, `server_error` */
  usable(wanted?: { fresh?: boolean }): Promise<Tokens>;
}

/** What says nothing about the grant. */
const KEPT_WHEN = ['network_error', 'server_error', 'metadata_invalid'];

export function openSession({ name, kind, issuer, clientId, dpop, redeem }: SessionDeps): Session {
  let state: AuthState = { status: 'loading' };
  let tokens: Tokens | undefined;
  let renewing: Promise<Tokens> | undefined;
  const listeners = new Set<() => void>();

  const become = (next: AuthState) => {
    state = next;
    for (const listener of listeners) listener();
  };
  const adopt = (next: Tokens) => {
    const { user } = next;
    const isSame = state.status === 'signed_in' && JSON.stringify(state.user) === JSON.stringify(user);
    tokens = next;
    if (!isSame) become({ status: 'signed_in', user });
  };
  const close = (error?: Error) => {
    tokens = undefined;
    become({ status: 'signed_out', ...(error && { error }) });
  };
  const tabs = joinTabs(name, kind, {
    held: () => tokens,
    // An older message that arrives late must not bring back what was renewed since.
    onTokens: (next) => next.version > (tokens?.version ?? 0) && adopt(next),
    onSignedOut() {
      tokens = undefined;
      become({ status: 'signed_out', elsewhere: true });
    },
  });

  function read(answer: TokenAnswer, before?: Tokens, nonce?: string): Tokens {
    const { access_token: accessToken, token_type: type, id_token: idToken } = answer;
    if (dpop && type.toLowerCase() !== 'dpop') throw new AuthError('dpop_unsupported');
    const issuedAt = Date.now();
    const sub = before?.user?.sub;
    return {
      ...before,
      // Not the time alone: a clock that is set back must not make an exchanged refresh token the newest.
      version: Math.max(issuedAt, (before?.version ?? 0) + 1),
      accessToken,
      type: dpop ? 'DPoP' : 'Bearer',
      issuedAt,
      expiresAt: issuedAt + lifetimeOf(answer),
      scope: answer.scope ?? before?.scope ?? '',
      // RFC 6749 §6: without a new one, the old one goes on.
      refreshToken: answer.refresh_token ?? before?.refreshToken,
      ...(idToken && { idToken, user: readIdToken(idToken, { issuer, clientId, nonce, sub }) }),
    };
  }

  async function renew(stale: Tokens): Promise<Tokens> {
    // Another tab may have been first, and what it said may still be on its way.
    const newer = tokens !== stale && tokens !== undefined ? tokens : await tabs.ask(stale.version);
    if (newer !== undefined && isUsable(newer)) return newer;
    const held = tokens ?? stale;
    if (held.refreshToken === undefined) return lose(held, new AuthError('signed_out'));
    const answer = await redeem(held.refreshToken).catch((error: unknown) => {
      if (!(error instanceof AuthError) || KEPT_WHEN.includes(error.code)) throw error;
      return error;
    });
    if (answer instanceof AuthError) return lose(held, answer);
    // Signed out meanwhile: what comes now is nobody's.
    if (tokens === undefined) throw new AuthError('signed_out');
    const next = read(answer, held);
    adopt(next);
    tabs.tell(next);
    return next;
  }

  /** The last look: a tab that slept may hold a token that others have long exchanged. */
  async function lose(held: Tokens, error: AuthError): Promise<Tokens> {
    const newer = await tabs.ask(held.version);
    if (newer !== undefined && isUsable(newer)) return newer;
    // The grant is over, which is no mistake of anybody: people sign in again.
    if (tokens === held) close();
    throw error;
  }

  const renewOnce = (stale: Tokens) => {
    renewing ??= tabs
      .exclusively(() => renew(stale))
      .finally(() => {
        renewing = undefined;
      });
    return renewing;
  };

  return {
    get state() {
      return state;
    },
    get tokens() {
      return tokens;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    open(answer, nonce) {
      const next = read(answer, undefined, nonce);
      adopt(next);
      tabs.tell(next);
    },
    join: async () => {
      const found = await tabs.ask(0);
      return found !== undefined;
    },
    close,
    closeEverywhere() {
      tabs.tellSignedOut();
      tokens = undefined;
    },
    async usable({ fresh = false } = {}) {
      const held = tokens;
      if (held === undefined) throw new AuthError('signed_out');
      if (fresh || !isUsable(held)) return renewOnce(held);
      // Nobody waits for this one; when it fails, there is time for another.
      if (isDueSoon(held)) renewOnce(held).catch(() => undefined);
      return held;
    },
  };
}
