import type { Client } from '../clients/client-directory.ts';
import { oauthErrors } from '../errors.ts';
import { type ForeignJwt, readForeignJwt, signerOf, timeProblem } from '../jwt/foreign-jwt.ts';
import type { RemoteKeySets } from '../jwt/remote-key-sets.ts';
import { PROFILES } from '../profiles/profile.ts';
import type { CheckAssertionDeps } from './check-client-assertion.ts';
import { type ConditionResult, matchConditions, type WorkloadRule } from './match-workload-token.ts';

export interface CheckWorkloadDeps extends CheckAssertionDeps {
  /** Address of an issuer's key set (OpenID Connect Discovery §4), remembered; undefined when it can't be found out. */
  keySetOf(issuer: string): Promise<string | undefined>;
  /** Key sets of issuers, which clients have no say in. */
  issuerKeys: RemoteKeySets;
}

/** A CI job's token lives five to sixty minutes and is used again within the job. */
const LIFETIME_SECONDS_MAX = 24 * 3600;
/** `at+jwt`: an access token of somebody else's API is no proof of who runs. */
const TYPES: readonly unknown[] = [undefined, 'JWT'];

/** What became of a token against one of the client's rules. */
export interface WorkloadVerdict {
  issuer: string;
  matches: boolean;
  /** Why it does not count, before any condition was looked at. */
  problem?: string | undefined;
  conditions: readonly ConditionResult[];
}

/**
 * A token of a trusted issuer in place of a client's own assertion: whoever runs where the rule says is the client. The
 * token names the workload and not the client, so `client_id` must stand in the request. @throws `client_unauthenticated`.
 */
export async function checkWorkloadToken(
  deps: CheckWorkloadDeps,
  client: Client,
  assertion: string,
): Promise<undefined> {
  const verdicts = await judgeWorkloadToken(deps, client, assertion);
  if (verdicts.some(({ matches }) => matches)) return;
  throw oauthErrors.client_unauthenticated({
    cause: new Error(`no workload rule of the client matches: ${JSON.stringify(verdicts)}`),
  });
}

/** Every rule of the client against the token: the check, and its dry run. Changes nothing. */
export async function judgeWorkloadToken(
  deps: CheckWorkloadDeps,
  client: Client,
  assertion: string,
): Promise<WorkloadVerdict[]> {
  const jwt = readForeignJwt(assertion);
  return Promise.all((client.spec.workloads ?? []).map((rule) => judge(deps, client, rule, jwt)));
}

async function judge(
  deps: CheckWorkloadDeps,
  client: Client,
  rule: WorkloadRule,
  jwt: ForeignJwt | undefined,
): Promise<WorkloadVerdict> {
  const { issuer } = rule;
  if (jwt === undefined) return { issuer, matches: false, problem: 'the token is not a signed JWT', conditions: [] };
  const conditions = matchConditions(rule, jwt.payload);
  const problem = await problemOf(deps, client, rule, jwt);
  return { issuer, conditions, matches: problem === undefined && conditions.every(({ matches }) => matches), problem };
}

async function problemOf(
  deps: CheckWorkloadDeps,
  client: Client,
  { issuer }: WorkloadRule,
  jwt: ForeignJwt,
): Promise<string | undefined> {
  if (jwt.payload.iss !== issuer) return 'the token comes from another issuer (iss)';
  if (!TYPES.includes(jwt.header.typ)) return 'the token is of another kind (typ)';
  const timing = timeProblem(jwt.payload, deps.clock.now(), LIFETIME_SECONDS_MAX);
  if (timing !== undefined) return `the token is not valid now: ${timing}`;
  const kid = typeof jwt.header.kid === 'string' ? jwt.header.kid : undefined;
  const address = await deps.keySetOf(issuer);
  if (address === undefined) return "the issuer's metadata could not be read (/.well-known/openid-configuration)";
  const keys = await deps.issuerKeys.keysAt(address, kid);
  const algs = PROFILES[client.profile].signatureAlgs;
  return signerOf(jwt, keys, algs) === undefined ? "no key of the issuer verifies the token's signature" : undefined;
}
