import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { systemRandom } from '#base';
import { seededRandom } from '#testing';
import {
  CREDENTIAL_IN_TEXT,
  CREDENTIAL_KINDS,
  credentialHash,
  describeCredential,
  mintCredential,
  recogniseCredential,
} from './credential-formats.ts';

const kinds = fc.constantFrom(...CREDENTIAL_KINDS);
const seeds = fc.string();
const minted = fc.tuple(kinds, seeds).map(([kind, seed]) => ({ kind, text: mintCredential(kind, seededRandom(seed)) }));

describe('mintCredential', () => {
  test.for([
    ['api_key', 'live', /^gh_live_[0-9A-Za-z]{33}$/],
    ['api_key', 'test', /^gh_test_[0-9A-Za-z]{33}$/],
    ['api_key', undefined, /^gh_live_[0-9A-Za-z]{33}$/],
    ['refresh_token', undefined, /^gh_rt_[0-9A-Za-z]{33}$/],
    ['access_token', undefined, /^gh_at_[0-9A-Za-z]{33}$/],
    ['authorization_code', undefined, /^gh_ac_[0-9A-Za-z]{33}$/],
    ['client_secret', undefined, /^gh_cs_[0-9A-Za-z]{33}$/],
    ['session', undefined, /^gh_ss_[0-9A-Za-z]{33}$/],
    ['one_time_link', undefined, /^gh_ln_[0-9A-Za-z]{33}$/],
    ['csrf', undefined, /^gh_cf_[0-9A-Za-z]{33}$/],
    ['pushed_request', undefined, /^gh_pr_[0-9A-Za-z]{33}$/],
    ['device_code', undefined, /^gh_dc_[0-9A-Za-z]{33}$/],
    ['auth_req_id', undefined, /^gh_ar_[0-9A-Za-z]{33}$/],
    ['initial_access_token', undefined, /^gh_ia_[0-9A-Za-z]{33}$/],
    ['registration_access_token', undefined, /^gh_ra_[0-9A-Za-z]{33}$/],
  ] as const)('%s %s', ([kind, environment, form]) => {
    expect(mintCredential(kind, systemRandom, environment)).toMatch(form);
  });

  test('an environment on anything but an API key is a mistake of the program', () => {
    expect(() => mintCredential('session', systemRandom, 'live')).toThrow('a session has no environment');
  });

  test('a thousand are a thousand different ones', () => {
    const all = Array.from({ length: 1000 }, () => mintCredential('session', systemRandom));
    expect(new Set(all).size).toBe(1000);
  });

  test('random bytes at both ends of their range keep the length', () => {
    for (const byte of [0, 255]) {
      const text = mintCredential('session', { bytes: (size) => Buffer.alloc(size, byte) });
      expect(recogniseCredential(text)).toEqual({ kind: 'session' });
    }
  });
});

describe('recogniseCredential', () => {
  test('every minted credential is recognised as what it is', () => {
    fc.assert(fc.property(minted, ({ kind, text }) => recogniseCredential(text)?.kind === kind));
  });

  test('the environment of an API key is told from its prefix', () => {
    expect(recogniseCredential(mintCredential('api_key', systemRandom, 'test'))).toEqual({
      kind: 'api_key',
      environment: 'test',
    });
  });

  test('any one character replaced is refused', () => {
    const replacement = fc.oneof(fc.constantFrom(...'0aZ_-= \n\0é'), fc.string({ minLength: 1, maxLength: 1 }));
    fc.assert(
      fc.property(minted, fc.nat(), replacement, ({ text }, place, character) => {
        const at = place % text.length;
        fc.pre(text[at] !== character);
        return recogniseCredential(text.slice(0, at) + character + text.slice(at + 1)) === undefined;
      }),
      { numRuns: 2000 },
    );
  });

  test('any one character removed, doubled, or two neighbours swapped is refused', () => {
    fc.assert(
      fc.property(minted, fc.nat(), ({ text }, place) => {
        const at = place % (text.length - 1);
        const [here, next] = [text.charAt(at), text.charAt(at + 1)];
        const removed = text.slice(0, at) + text.slice(at + 1);
        const doubled = text.slice(0, at) + here + text.slice(at);
        const swapped = text.slice(0, at) + next + here + text.slice(at + 2);
        return [removed, doubled, ...(here === next ? [] : [swapped])].every((edited) => !recogniseCredential(edited));
      }),
    );
  });

  test('random text is refused, with our prefix or without', () => {
    fc.assert(fc.property(fc.string({ maxLength: 100 }), (text) => recogniseCredential(text) === undefined));
    const body = fc.stringMatching(/^[0-9A-Za-z]{33}$/);
    fc.assert(fc.property(body, (text) => recogniseCredential(`gh_live_${text}`) === undefined));
  });

  test.for(['', 'gh_', 'gh__', '_', 'gh_live_', 'gh_xx_', 'eyJhbGciOiJub25lIn0.e30.', '__proto__', 'constructor_'])(
    'refuses %j',
    (text) => {
      expect(recogniseCredential(text)).toBeUndefined();
    },
  );
});

test('a description gives away four characters at each end', () => {
  const text = mintCredential('api_key', systemRandom, 'test');
  expect(describeCredential(text)).toEqual({ displayPrefix: text.slice(0, 12), last4: text.slice(-4) });
});

test('a hash is the keyed one, in hex', () => {
  const mac = (purpose: string, data: string | Uint8Array) => Buffer.from(`${purpose}:${data}`);
  expect(credentialHash({ mac }, 'x')).toBe(Buffer.from('credential:x').toString('hex'));
});

test('credentials are found inside other text', () => {
  const [one, two] = [mintCredential('csrf', systemRandom), mintCredential('api_key', systemRandom)];
  expect(`Bearer ${one}, ${two}.`.replace(CREDENTIAL_IN_TEXT, '$1…')).toBe('Bearer gh_cf_…, gh_live_….');
  expect(`gh_at_${'aB-_9'.repeat(80)}.`.replace(CREDENTIAL_IN_TEXT, '$1…')).toBe('gh_at_….');
});
