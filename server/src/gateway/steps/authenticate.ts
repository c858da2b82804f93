import type { CompiledRoute } from '../compile-route.ts';
import { credentialOf } from '../credentials.ts';
import { gatherKeys } from '../key-places.ts';
import type { RequestPlace, Verification, VerificationFailure, VerificationReason } from '../ports.ts';
import { problem } from '../problems.ts';
import type { RequestExchange, Step, StepResult } from '../request-exchange.ts';
import type { CompiledSession } from '../sessions/compile-session.ts';
import { sessionCookie, signedOut, takeSession } from '../sessions/take-session.ts';
import { certificateMissing, certificateOf, takeCertificate } from './client-certificate.ts';
import { checkProofOf, isFirstUse, senderChallenge, verifyWithCertificate } from './prove-sender.ts';
import { whatToSend } from './what-to-send.ts';

/** Finds out who calls. 401 for whoever can't prove it; the challenge says how (RFC 6750 §3). */
export const authenticate: Step = {
  name: 'authenticate',
  run(exchange) {
    const { route, tenant } = exchange;
    if (route === undefined || tenant === undefined) return problem('gateway_failed');
    if (route.certificateRequired && certificateOf(exchange) === undefined) return certificateMissing(exchange, route);
    if (route.anonymous) {
      exchange.principal = tenant.anonymous;
      return undefined;
    }
    if (route.keyPlaces !== undefined) gatherKeys(exchange, route.keyPlaces);
    const presented = credentialOf(exchange.head, exchange.parts.apiKeys.looksForeign, route.tenantId);
    switch (presented.found) {
      case 'one':
        exchange.credentialType = presented.type;
        exchange.keyHeader = presented.scheme === 'x-api-key';
        if (!route.accepted.includes(presented.type)) return notAccepted(exchange, route);
        if (presented.type === 'access_token') exchange.accessToken = presented.text;
        return presented.scheme === 'dpop'
          ? verifyBoundToken(exchange, route, presented.text)
          : verify(exchange, route, presented.type, presented.text);
      case 'several':
        exchange.reason = 'credentials_conflict';
        // RFC 6750 §3.1: more than one method is an invalid_request, answered 400.
        return problem('credentials_conflict', {
          headers: ['www-authenticate', `${route.challenge}, error="invalid_request"`],
        });
      case 'malformed':
        exchange.reason = 'malformed';
        return invalid(exchange, route, 'malformed');
      case 'none':
      case 'other': {
        const session = exchange.carried ? undefined : sessionOf(exchange, route);
        const signedIn = session && fromSession(exchange, route, session);
        if (signedIn !== undefined) return signedIn.result;
        const certificate = route.certificateAccepted ? certificateOf(exchange) : undefined;
        if (certificate !== undefined) return takeCertificate(exchange, route, certificate);
        if (session !== undefined) return signedOut(exchange, session, 'credential_missing');
        // Who showed one that was revoked hears so: a certificate was sent, and another is what it takes.
        if (route.certificateAccepted && exchange.head.certificate?.refusal !== undefined) {
          return certificateMissing(exchange, route);
        }
        exchange.reason = 'credential_missing';
        // RFC 6750 §3.1: no error code when the request lacks what is asked for.
        return problem('credential_missing', {
          detail: whatToSend(route),
          headers: ['www-authenticate', route.challenge],
        });
      }
    }
  },
};

function sessionOf({ tenant, parts }: RequestExchange, { session }: CompiledRoute): CompiledSession | undefined {
  return session === undefined || parts.sessions === undefined ? undefined : tenant?.sessions.get(session);
}

/** undefined: no cookie of this session came. Whoever sends a credential himself is known by that, whatever cookies came. */
function fromSession(
  exchange: RequestExchange,
  route: CompiledRoute,
  session: CompiledSession,
): { result: StepResult | Promise<StepResult> } | undefined {
  const { sessions } = exchange.parts;
  const cookie = sessionCookie(exchange, session);
  if (cookie === undefined || sessions === undefined) return undefined;
  return { result: takeSession(exchange, route, { session, sessions, cookie }) };
}

function verify(
  exchange: RequestExchange,
  route: CompiledRoute,
  type: 'api_key' | 'access_token',
  text: string,
): StepResult | Promise<StepResult> {
  const { parts, at } = exchange;
  if (type === 'api_key') {
    const address = exchange.client?.address ?? '';
    const place = { tenantId: route.tenantId, address, api: route.api, route: route.name };
    const verification = parts.apiKeys.verifyApiKey(text, at, place);
    return verification.ok || verification.reason !== 'unknown'
      ? judge(exchange, route, verification)
      : judgeUnknown(exchange, route, { text, place, verification });
  }
  if (route.expected === undefined) return problem('route_unavailable');
  const verification = parts.accessTokens.verifyAccessToken(text, route.expected, at);
  if (!(verification instanceof Promise)) return judgeBearer(exchange, route, text, verification);
  return verification.then((result) => judgeBearer(exchange, route, text, result));
}

/** A key that was made at another process a moment ago is waited for, which is for the verifier to bound. */
function judgeUnknown(
  exchange: RequestExchange,
  route: CompiledRoute,
  { text, place, verification }: { text: string; place: RequestPlace; verification: Verification },
): StepResult | Promise<StepResult> {
  const { parts, at } = exchange;
  const heard = parts.apiKeys.whenHeard?.(text);
  if (heard === undefined) return judge(exchange, route, verification);
  return heard.then(() => judge(exchange, route, parts.apiKeys.verifyApiKey(text, at, place)));
}

/** RFC 9449 §7.2: the proof, then the token by the key that it proves, and the proof once. */
function verifyBoundToken(
  exchange: RequestExchange,
  route: CompiledRoute,
  text: string,
): StepResult | Promise<StepResult> {
  if (route.expected === undefined) return problem('route_unavailable');
  const check = checkProofOf(exchange, text);
  if (!check.ok) return proofRefused(exchange, route, check.problem);
  const { proof } = check;
  const expected = { ...route.expected, confirmation: { jkt: proof.jkt } };
  const judgeOnce = (verification: Verification): StepResult =>
    verification.ok && !isFirstUse(exchange, proof)
      ? proofRefused(exchange, route, 'it was used before (jti); make a new one for each request')
      : judge(exchange, route, verification, OF_ANOTHER_KEY);
  const verification = exchange.parts.accessTokens.verifyAccessToken(text, expected, exchange.at);
  return verification instanceof Promise ? verification.then(judgeOnce) : judgeOnce(verification);
}

function proofRefused(exchange: RequestExchange, route: CompiledRoute, why: string): StepResult {
  exchange.reason = 'dpop_proof_invalid';
  exchange.note('authenticate', `dpop proof invalid, ${why}`);
  return problem('credential_invalid', {
    detail: `The DPoP proof was refused: ${why}.`,
    members: { reason: 'dpop_proof_invalid' },
    headers: senderChallenge(exchange, route, 'invalid_dpop_proof'),
  });
}

/** @param wrongSender what to say of a token that is bound to something else than what came with it. */
function judge(
  exchange: RequestExchange,
  route: CompiledRoute,
  verification: Verification,
  wrongSender = DETAILS.wrong_sender,
): StepResult {
  if (!verification.ok) {
    const { former } = verification;
    // Another tenant's credential is unknown here, whatever became of it at home.
    if (former !== undefined && former.tenantId !== route.tenantId) return invalid(exchange, route, 'unknown');
    exchange.formerPrincipal = former;
    return verification.reason === 'wrong_place'
      ? misplaced(exchange, verification)
      : invalid(exchange, route, verification.reason, wrongSender);
  }
  const { principal } = verification;
  // Valid at another tenant is unknown at this one.
  if (principal.tenantId !== route.tenantId) return invalid(exchange, route, 'unknown');
  exchange.principal = principal;
  return undefined;
}

/** A bearer token, or one that is bound to the certificate of the connection: only then is that looked at. */
function judgeBearer(
  exchange: RequestExchange,
  route: CompiledRoute,
  text: string,
  verification: Verification,
): StepResult | Promise<StepResult> {
  if (verification.ok || verification.reason !== 'wrong_sender') return judge(exchange, route, verification);
  const again = verifyWithCertificate(exchange, route, text) ?? verification;
  if (!(again instanceof Promise)) return judge(exchange, route, again);
  return again.then((result) => judge(exchange, route, result));
}

/** Whoever holds the whole credential may know what became of it; nobody else can ask. */
const DETAILS: Record<Exclude<VerificationReason, 'wrong_place'>, string> = {
  malformed: 'The credential is not complete or not well formed. Check that all of it was sent.',
  unknown: 'The credential is not known here. Check that it belongs to this installation.',
  expired: 'The credential has expired. Get a new one.',
  revoked: 'The credential was revoked. Get a new one.',
  quarantined: 'The credential is set aside, since it may have leaked. Ask whoever issued it.',
  wrong_audience: 'The token was issued for another API. Ask for one with the audience of this API.',
  wrong_issuer: 'The token comes from an issuer that is not trusted here.',
  bad_signature: 'The signature of the token does not verify.',
  wrong_type: 'The token is not an access token.',
  wrong_sender:
    'The token is bound to a key or certificate. Send it as `Authorization: DPoP` with a proof by that key, or with that certificate.',
};

/** A proof that holds, beside a token that is not bound to its key (RFC 9449 §7.1). */
const OF_ANOTHER_KEY =
  'The token is not bound to the key of this proof. Sign with the key that it was issued to; a token that is bound to none is sent as `Authorization: Bearer`.';

function invalid(
  exchange: RequestExchange,
  route: CompiledRoute,
  reason: keyof typeof DETAILS,
  wrongSender = DETAILS.wrong_sender,
): StepResult {
  exchange.reason = reason;
  return problem('credential_invalid', {
    detail: reason === 'wrong_sender' ? wrongSender : DETAILS[reason],
    members: { reason },
    headers:
      reason === 'wrong_sender' ? senderChallenge(exchange, route) : ['www-authenticate', route.challengeInvalid],
  });
}

/** Good, but not here: who calls is known, and another credential would not tell it better (403, not 401). */
function misplaced(exchange: RequestExchange, { description }: VerificationFailure): StepResult {
  exchange.reason = 'wrong_place';
  exchange.note('authenticate', description);
  return problem('credential_restricted', { detail: description, members: { reason: 'wrong_place' } });
}

/** Without looking whether it is valid: that must not be learnt where it does not count. */
function notAccepted(exchange: RequestExchange, route: CompiledRoute): StepResult {
  exchange.reason = 'credential_not_accepted';
  exchange.note('authenticate', `credential not accepted, the route takes ${route.accepted.join(' and ')}`);
  return problem('credential_not_accepted', {
    members: { accepted: route.accepted },
    headers: ['www-authenticate', route.challengeInvalid],
  });
}
