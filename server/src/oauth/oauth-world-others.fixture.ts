/** Stand-ins for everybody else in the small world: policies, API keys, people's mail, and what others publish. */
import type { Decision, DecisionRequest, Principal, SafeFetch } from '#base';
import type { IssueRecorder } from './grants/client-credentials.ts';
import type { OAuthNotice, OutboundFetches } from './ports.ts';

export function openOthers() {
  const notices: OAuthNotice[] = [];
  const keys = new Map<string, Principal>();
  const boundKeys = new Set<string>();
  const issued: Parameters<IssueRecorder['tokenIssued']>[0][] = [];
  const keyUses: { id: string; at: number; address: string }[] = [];
  const apiKeys = {
    verifyApiKey: (text: string) => {
      const principal = keys.get(text);
      if (principal === undefined) return { ok: false as const, reason: 'unknown', description: 'It is unknown.' };
      return boundKeys.has(principal.credential.id)
        ? { ok: false as const, reason: 'wrong_place', description: 'It may not be used from this address.' }
        : { ok: true as const, principal };
    },
    noteUse: ({ credential: { id, apiKeyId } }: Principal, use: { at: number; address: string }) =>
      void keyUses.push({ id: apiKeyId ?? id, ...use }),
    planOf: (_: string, id: string) => [...keys.values()].find(({ credential }) => credential.id === id)?.plan,
    isLive: (_: string, id: string, _now: number, anywhere = false) =>
      !(anywhere && boundKeys.has(id)) && [...keys.values()].some(({ credential }) => credential.id === id),
  };
  const policy: { permits: (request: DecisionRequest) => boolean } = { permits: () => false };
  const authorizer = {
    decide: (request: DecisionRequest): Decision => ({
      allowed: policy.permits(request),
      reason: policy.permits(request) ? 'allowed' : 'no_policy_permits',
      summary: '',
      policies: [],
      errors: [],
      policyVersion: 1,
    }),
  };
  /** What others publish, by address; `asked` counts. */
  const web = {
    pages: new Map<string, unknown>(),
    asked: 0,
    posted: [] as { url: string; body: string }[],
    /** For what each address was last asked. */
    purposes: new Map<string, keyof OutboundFetches>(),
  };
  const fetchFor =
    (purpose: keyof OutboundFetches): SafeFetch =>
    async (url, options) => {
      web.purposes.set(url, purpose);
      if (options?.method === 'POST') web.posted.push({ url, body: String(options.body) });
      web.asked += 1;
      const page = web.pages.get(url);
      const body = Buffer.from(JSON.stringify(page ?? {}));
      const headers = { 'content-type': 'application/json' };
      return { status: page === undefined ? 404 : 200, headers, body, url };
    };
  const ports = {
    authorizer,
    apiKeys,
    issued: { tokenIssued: (told: (typeof issued)[number]) => void issued.push(told) },
    fetches: { clients: fetchFor('clients'), issuers: fetchFor('issuers'), backChannel: fetchFor('backChannel') },
    notices: { notify: async (_: unknown, notice: OAuthNotice) => void notices.push(notice) },
  };
  return { notices, keys, boundKeys, keyUses, issued, policy, web, ports };
}
