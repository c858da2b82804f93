import type { Verifier } from '../verify/create-verifier.ts';
import type { PresentedRequest } from '../verify/presented.ts';
import { type GuardOptions, withOrigin } from './guard.ts';
import type { Refusal } from './refusal.ts';

/** A request of the Fetch standard. What its platform knows of the connection is told apart. */
export function presentWebRequest(
  request: Request,
  options: GuardOptions | Verifier,
  known: { certificate?: () => Uint8Array | undefined; clientAddress?: string | undefined } = {},
): PresentedRequest {
  return {
    method: request.method,
    url: withOrigin(request.url, options),
    // Several of one name come joined by commas, which no credential and no proof holds: they are refused as malformed.
    header(name) {
      const value = request.headers.get(name);
      return value === null ? [] : [value];
    },
    certificate: () => known.certificate?.(),
    clientAddress: () => known.clientAddress,
  };
}

/** @throws what is no refusal: that is the framework's, and answered with 500. */
export function refusalResponse(refusal: Refusal | undefined, error: unknown): Response {
  if (refusal === undefined) throw error;
  return new Response(refusal.body, { status: refusal.status, headers: refusal.headers });
}
