import { cliErrors } from './errors.ts';

export interface DecodedJwt {
  header: Record<string, unknown>;
  payload: Record<string, unknown>;
  /** What a person looks for first, in words. Nothing here was verified. */
  remarks: string[];
}

/** Shows what a token says, without believing it: no signature is checked. RFC 7519 §7.2, steps 1 to 5. */
export function decodeJwt(text: string, now: number): DecodedJwt {
  const parts = text.trim().split('.');
  if (parts.length === 5) {
    throw cliErrors.jwt_malformed({
      message: 'This token is encrypted (five parts, RFC 7516): only its recipient can read it.',
    });
  }
  const [header, payload] = parts;
  if (parts.length !== 3 || header === undefined || payload === undefined) throw cliErrors.jwt_malformed();
  const decoded = { header: readPart(header, 'header'), payload: readPart(payload, 'payload') };
  return { ...decoded, remarks: remark(decoded, now) };
}

function readPart(part: string, name: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Answered below, with the part's name.
  }
  throw cliErrors.jwt_malformed({ message: `The ${name} of this token is not a JSON object in base64url.` });
}

function remark({ header, payload }: Omit<DecodedJwt, 'remarks'>, now: number): string[] {
  const remarks = ['The signature was not checked.'];
  if (typeof header.alg === 'string' && header.alg.toLowerCase() === 'none') {
    remarks.push('It is not signed at all (alg none): no server may accept it.');
  }
  const { exp, nbf } = payload;
  if (typeof exp === 'number') {
    const seconds = Math.round(exp - now / 1000);
    remarks.push(seconds > 0 ? `It expires in ${duration(seconds)}.` : `It expired ${duration(-seconds)} ago.`);
  } else {
    remarks.push('It never expires: it has no `exp`.');
  }
  if (typeof nbf === 'number' && nbf * 1000 > now)
    remarks.push(`It is not valid yet; it will be in ${duration(nbf - now / 1000)}.`);
  return remarks;
}

function duration(seconds: number): string {
  const units: readonly (readonly [number, string])[] = [
    [86_400, 'days'],
    [3600, 'hours'],
    [60, 'minutes'],
  ];
  for (const [size, name] of units) if (seconds >= 2 * size) return `${Math.floor(seconds / size)} ${name}`;
  return `${Math.round(seconds)} seconds`;
}
