import type { ReadToken } from './read-token.ts';
import type { SignatureOutcome } from './verify-signature.ts';
import type { JwtWords } from './words.ts';

/** One thing to say about a token. `bad`: who takes care refuses it. */
export interface Finding {
  tone: 'bad' | 'warn' | 'good' | 'quiet';
  text: string;
}

export interface Circumstances {
  /** Milliseconds. */
  now: number;
  /** Whose keys verify; undefined where any may have issued it. */
  issuer: string | undefined;
  /** Empty: any. */
  audience: string;
  signature: SignatureOutcome | undefined;
  /** "3 minutes ago", in the language of the page. */
  relative: (at: number) => string;
  words: JwtWords['said'];
}

type Rule = (token: ReadToken, circumstances: Circumstances) => Finding[];

/** As many verifiers allow. */
const SKEW_SECONDS = 60;
const LONG_LIVED_SECONDS = 24 * 3600;
/** More seconds than this are milliseconds: the year 5138. */
const SECONDS_MAX = 1e11;
const SIGNING = new Set([
  'ES256',
  'ES384',
  'ES512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'EdDSA',
  'Ed25519',
]);

const RULES: readonly Rule[] = [
  ({ hadSpace, hadBearer }, { words }) => [
    ...(hadSpace ? [warn(words.whitespace)] : []),
    ...(hadBearer ? [quiet(words.bearer)] : []),
  ],
  ({ header: { alg } }, { words }) => {
    const name = String(alg);
    if (name.toLowerCase() === 'none') return [bad(words.algNone)];
    if (/^HS\d+$/.test(name)) return [bad(words.algShared(name))];
    return SIGNING.has(name) ? [] : [bad(words.algUnknown(name))];
  },
  ({ header }, { words }) =>
    ['jwk', 'jku', 'x5u', 'x5c']
      .filter((name) => name in header && header.typ !== 'dpop+jwt')
      .map((name) => warn(words.keyHeader(name))),
  ({ header: { crit } }, { words }) => (Array.isArray(crit) ? [warn(words.crit(crit.join(', ')))] : []),
  ({ header: { kid } }, { words, signature }) => {
    if (signature === undefined) return [];
    if (signature.outcome === 'unreachable') return [warn(words.keysUnreachable)];
    if (signature.outcome === 'unknown_kid') return [bad(words.unknownKid(String(kid)))];
    if (signature.outcome === 'bad') return [bad(words.signatureBad)];
    if (signature.outcome === 'impossible') return [];
    return [good(words.signatureGood), ...(kid === undefined ? [warn(words.noKid)] : [])];
  },
  timesAreNumbers,
  isInTime,
  ({ claims: { iss } }, { issuer, words }) => {
    if (iss === undefined) return [warn(words.noIssuer)];
    return issuer === undefined || iss === issuer ? [] : [bad(words.wrongIssuer(String(iss)))];
  },
  ({ claims: { aud } }, { audience, words }) => {
    const meant = [aud].flat().filter((each) => typeof each === 'string');
    if (meant.length === 0) return [audience === '' ? warn(words.noAudience) : bad(words.noAudience)];
    if (audience === '') return [];
    return meant.includes(audience) ? [good(words.audienceGood)] : [bad(words.wrongAudience(meant.join(', ')))];
  },
  isOfType,
  ({ claims: { cnf } }, { words }) => {
    const bound = (typeof cnf === 'object' && cnf !== null ? cnf : {}) as Record<string, unknown>;
    return [
      ...('jkt' in bound ? [quiet(words.dpopBound)] : []),
      ...('x5t#S256' in bound ? [quiet(words.mtlsBound)] : []),
    ];
  },
  ({ claims: { sub, act, scope } }, { words }) => [
    ...(typeof sub === 'string' ? [quiet(words.sub(sub))] : []),
    ...(typeof act === 'object' && act !== null ? [quiet(words.act(String((act as { sub?: unknown }).sub)))] : []),
    ...(typeof scope === 'string' && scope !== '' ? [quiet(words.scope(scope))] : []),
  ],
];

/** Everything there is to say, the worst first. */
export function judgeToken(token: ReadToken, circumstances: Circumstances): Finding[] {
  const order = ['bad', 'warn', 'good', 'quiet'];
  return RULES.flatMap((rule) => rule(token, circumstances)).sort(
    (one, other) => order.indexOf(one.tone) - order.indexOf(other.tone),
  );
}

const TIMES = ['exp', 'nbf', 'iat', 'auth_time'] as const;

function timesAreNumbers({ claims }: ReadToken, { words }: Circumstances): Finding[] {
  return TIMES.filter((name) => name in claims).flatMap((name) => {
    const value = claims[name];
    if (typeof value !== 'number' || !Number.isFinite(value)) return [bad(words.badTime(name))];
    return value > SECONDS_MAX ? [bad(words.timeInMillis(name))] : [];
  });
}

function isInTime({ claims: { exp, nbf, iat } }: ReadToken, { now, words, relative }: Circumstances): Finding[] {
  const findings: Finding[] = [];
  const seconds = now / 1000;
  if (exp === undefined) findings.push(warn(words.noExp));
  if (isTime(exp)) {
    if (exp <= seconds - SKEW_SECONDS) findings.push(bad(words.expired(relative(exp * 1000))));
    else if (exp <= seconds) findings.push(bad(words.expiredSkew(relative(exp * 1000))));
    else findings.push(good(words.expires(relative(exp * 1000))));
    if (isTime(iat) && exp - iat > LONG_LIVED_SECONDS)
      findings.push(warn(words.longLived(`${Math.round((exp - iat) / 86_400)} d`)));
  }
  if (isTime(nbf) && nbf > seconds) findings.push(bad(words.notYet(relative(nbf * 1000))));
  if (isTime(iat) && iat > seconds + SKEW_SECONDS) findings.push(bad(words.iatFuture(relative(iat * 1000))));
  return findings;
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value <= SECONDS_MAX;
}

function isOfType({ header, claims }: ReadToken, { words }: Circumstances): Finding[] {
  const typ = String(header.typ ?? '')
    .toLowerCase()
    .replace(/^application\//, '');
  if (typ === 'at+jwt') return [quiet(words.typAccess)];
  if (typ === 'logout+jwt') return [warn(words.typLogout)];
  if (typ === 'dpop+jwt') return [warn(words.typDpop)];
  return 'nonce' in claims || 'at_hash' in claims ? [quiet(words.typId)] : [];
}

const bad = (text: string): Finding => ({ tone: 'bad', text });
const warn = (text: string): Finding => ({ tone: 'warn', text });
const good = (text: string): Finding => ({ tone: 'good', text });
const quiet = (text: string): Finding => ({ tone: 'quiet', text });
