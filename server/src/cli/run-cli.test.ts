import { describe, expect, test } from 'vitest';
import { commandLine } from './command-line.fixture.ts';

const wire = commandLine();

const key = {
  id: 'key_1',
  name: 'demo',
  environment: 'live',
  scopes: ['weather:read'],
  roles: [],
  display: 'gh_live_…abcd',
  createdAt: 0,
};

describe('keys create', () => {
  test('prints the key alone on standard output, and the advice beside it', async () => {
    wire.answers = { 'POST /api/v1/keys': { status: 201, body: { ...key, key: 'gh_live_secret' } } };
    const result = await wire.run([
      'keys',
      'create',
      '--name',
      'demo',
      '--scope',
      'weather:read',
      '--expires-in',
      '90d',
    ]);
    expect(result).toEqual({ exitCode: 0, out: 'gh_live_secret', notes: 'key_1: keep it now, it is not shown again.' });
    expect(JSON.parse(wire.asked[0]?.body ?? '')).toEqual({
      name: 'demo',
      restrictions: {},
      environment: 'live',
      scopes: ['weather:read'],
      expiresInSeconds: 7_776_000,
    });
    expect(wire.asked[0]?.authorization).toBe('Bearer the-token');
  });

  test('--json prints one document with key and id', async () => {
    wire.answers = { 'POST /api/v1/keys': { status: 201, body: { ...key, key: 'gh_live_secret' } } };
    const { out } = await wire.run(['keys', 'create', '--name', 'demo', '--json']);
    expect(JSON.parse(out)).toMatchObject({ key: 'gh_live_secret', id: 'key_1' });
  });
});

describe('exit codes', () => {
  test.each([
    [['frobnicate'], 2],
    [['keys', 'create'], 2],
    [['keys', 'create', '--name', 'x', '--expires-in', 'soon'], 2],
    [['apply', '-f', '/nonexistent/file.yaml'], 2],
    [['completion', 'tcsh'], 2],
    [['jwt', 'decode', 'x'], 2],
    [['login', 'http://auth.example.com'], 2],
    [['--version'], 0],
    [['keys', '--help'], 0],
  ])('%j → %i, and nothing was asked of the server', async (args, exitCode) => {
    expect((await wire.run(args)).exitCode).toBe(exitCode);
    expect(wire.asked).toEqual([]);
  });

  test.each([
    [400, 2],
    [401, 3],
    [403, 4],
    [404, 5],
    [409, 6],
    [412, 6],
    [503, 7],
    [500, 1],
  ])('the server’s %i → %i', async (status, exitCode) => {
    wire.answers = {
      'GET /api/v1/keys': { status, body: { detail: 'Because.', fields: [{ path: 'spec.x', message: 'is odd' }] } },
    };
    const result = await wire.run(['keys', 'list']);
    expect(result).toEqual({ exitCode, out: '', notes: 'error: Because.\n  spec.x: is odd' });
  });

  test('nobody answers → 7', async () => {
    const environment = { GATEHOUSE_URL: 'http://127.0.0.1:1', GATEHOUSE_TOKEN: 'x' };
    expect((await wire.run(['keys', 'list'], { environment })).exitCode).toBe(7);
  });
});

test('text from a server can’t drive the terminal', async () => {
  wire.answers = { 'GET /api/v1/keys': { body: { items: [{ ...key, name: 'x\u001b[2Jy\u009b' }] } } };
  const { out } = await wire.run(['keys', 'list']);
  expect(out).toContain('x�[2Jy�');
});

test('audit events --actor asks for what one actor did', async () => {
  wire.answers = { 'GET /api/v1/audit/events': { body: { items: [] } } };
  await wire.run(['audit', 'events', '--actor', 'usr_1']);
  expect(new URL(wire.asked[0]?.url ?? '', wire.url).searchParams.get('actorId')).toBe('usr_1');
});

test('a list is read to its end', async () => {
  wire.answers = { 'GET /api/v1/keys': { body: { items: [], nextCursor: null } } };
  expect((await wire.run(['keys', 'list', '--json'])).out).toBe('{\n  "items": []\n}');
});

test.each(['bash', 'zsh', 'fish'])('completion for %s knows commands, subcommands and options', async (shell) => {
  const { out } = await wire.run(['completion', shell]);
  for (const word of ['export', 'revoke', shell === 'fish' ? '-l expires-in' : '--expires-in'])
    expect(out).toContain(word);
});

test('a token to decode comes from standard input', async () => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const { out } = await wire.run(['jwt', 'decode', '--json'], {
    input: `${part({ alg: 'ES256' })}.${part({ sub: 'x' })}.s\n`,
  });
  expect(JSON.parse(out)).toMatchObject({ payload: { sub: 'x' } });
});
