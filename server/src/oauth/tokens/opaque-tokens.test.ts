import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { systemRandom } from '#base';
import { createOpaqueTokens } from './opaque-tokens.ts';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-03-01T12:30:00Z');
const keyring = (secret: string) => ({
  mac: (purpose: string, data: string | Uint8Array) =>
    createHmac('sha256', secret + purpose)
      .update(data)
      .digest(),
});
const tokens = createOpaqueTokens({ keyring: keyring('a'), random: systemRandom });
const CLAIMS = { sub: 'usr_1', name: 'Zoë' };

describe('an opaque token', () => {
  it('opens for every process with the same key ring, and tells its holder nothing', () => {
    const token = tokens.seal(CLAIMS, NOW);
    expect(token).toMatch(/^gh_at_[A-Za-z0-9_-]+$/);
    expect(Buffer.from(token.slice(6), 'base64url').toString('latin1')).not.toContain('usr_1');
    const other = createOpaqueTokens({ keyring: keyring('a'), random: systemRandom });
    expect(other.open(token, NOW)?.claims).toEqual(CLAIMS);
  });

  it('is another one each time', () => {
    expect(new Set(Array.from({ length: 100 }, () => tokens.seal(CLAIMS, NOW))).size).toBe(100);
  });

  it.each([
    ['in the same hour', 0, true],
    ['an hour earlier, by a clock that is behind', -HOUR, true],
    ['two hours earlier', -2 * HOUR, false],
    ['a day later', 24 * HOUR, true],
    ['after the longest-lived token has ended', 26 * HOUR, false],
  ])('%s: %s', (_, later, opens) => {
    expect(tokens.open(tokens.seal(CLAIMS, NOW), NOW + later) !== undefined).toBe(opens);
  });

  it('does not open when any bit of it is another', () => {
    const bytes = Buffer.from(tokens.seal(CLAIMS, NOW).slice(6), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const altered = Buffer.from(bytes);
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(tokens.open(`gh_at_${altered.toString('base64url')}`, NOW)).toBeUndefined();
    }
  });

  it.each(['', 'gh_at_', 'gh_at_AQ', 'gh_rt_abc', `gh_at_${'A'.repeat(60)}`, `gh_at_${'A'.repeat(9000)}`])(
    'does not open %s',
    (text) => {
      expect(tokens.open(text, NOW)).toBeUndefined();
    },
  );

  it('does not open under another key ring, nor in a second spelling', () => {
    const token = tokens.seal(CLAIMS, NOW);
    const stranger = createOpaqueTokens({ keyring: keyring('b'), random: systemRandom });
    expect(stranger.open(token, NOW)).toBeUndefined();
    expect(tokens.open(`${token}=`, NOW)).toBeUndefined();
  });
});
