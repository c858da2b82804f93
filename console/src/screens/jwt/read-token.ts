/** A token taken apart, without judging it. */
export interface ReadToken {
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
  parts: readonly [string, string, string];
  /** Without what does not belong to it. */
  text: string;
  hadSpace: boolean;
  hadBearer: boolean;
}

export type Reading =
  | { ok: true; token: ReadToken }
  | { ok: false; why: 'notJwt' | 'encrypted' | 'opaque' | 'badHeader' | 'badClaims' };

export function readToken(given: string): Reading {
  const trimmed = given.trim().replace(/^authorization:\s*/i, '');
  const hadBearer = /^(bearer|dpop)\s+/i.test(trimmed);
  const bare = trimmed.replace(/^(bearer|dpop)\s+/i, '');
  const text = bare.replaceAll(/\s+/g, '');
  if (/^gh_[a-z]+_/.test(text)) return { ok: false, why: 'opaque' };
  const parts = text.split('.');
  if (parts.length === 5) return { ok: false, why: 'encrypted' };
  const [first = '', second = '', third = ''] = parts;
  if (parts.length !== 3) return { ok: false, why: 'notJwt' };
  const header = decode(first);
  if (header === undefined) return { ok: false, why: 'badHeader' };
  const claims = decode(second);
  if (claims === undefined) return { ok: false, why: 'badClaims' };
  return {
    ok: true,
    token: { header, claims, parts: [first, second, third], text, hadSpace: text !== bare, hadBearer },
  };
}

function decode(part: string): Record<string, unknown> | undefined {
  try {
    const bytes = Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
