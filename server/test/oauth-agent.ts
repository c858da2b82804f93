import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';

/** Keeps what the Model Context Protocol's SDK gives it, as an agent on somebody's machine would. */
export function agentOf(callback: string, who: Pick<OAuthClientProvider, 'clientMetadata' | 'clientMetadataUrl'>) {
  const kept: Record<string, unknown> = {};
  let sentTo: URL | undefined;
  const provider: OAuthClientProvider = {
    ...who,
    redirectUrl: callback,
    clientInformation: () => kept.client as never,
    saveClientInformation: (client) => void Object.assign(kept, { client }),
    tokens: () => kept.tokens as never,
    saveTokens: (tokens) => void Object.assign(kept, { tokens }),
    redirectToAuthorization: (url) => {
      sentTo = url;
    },
    saveCodeVerifier: (verifier) => void Object.assign(kept, { verifier }),
    codeVerifier: () => String(kept.verifier),
  };
  return { provider, kept, sentTo: () => sentTo };
}
