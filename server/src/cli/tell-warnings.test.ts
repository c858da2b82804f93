import { describe, expect, test } from 'vitest';
import { commandLine } from './command-line.fixture.ts';

const wire = commandLine();
const change = { action: 'create', kind: 'route', name: 'a', version: 1, diff: '+kind: route\n' };
const warning = {
  code: 'role_unknown',
  kind: 'route',
  name: 'a',
  path: 'spec.authorize.roles.0',
  message: 'there is no role "x"',
};
const answer = (more: object = {}) => ({
  'POST /api/v1/apply': {
    body: { applied: true, changes: [change], warnings: [], warningsLeftOut: 0, warningsNeed: [], ...more },
  },
});
const run = (...args: string[]) => wire.run([...args, '-f', '-'], { input: 'kind: route\n' });

describe('warnings', () => {
  test('stand beside the result, with their place in the file', async () => {
    wire.answers = answer({ warnings: [{ ...warning, line: 8, column: 12 }], warningsLeftOut: 3 });
    const { exitCode, out, notes } = await run('apply');
    expect(exitCode).toBe(0);
    expect(out).toBe('+ route a');
    expect(notes).toBe(
      'warning: -:8:12: spec.authorize.roles.0: there is no role "x" (role_unknown)\n' +
        'warning: 3 more are not shown.\n1 changed, 0 as they were.',
    );
  });

  test('name the resource where they are of one that was not sent', async () => {
    wire.answers = answer({ warnings: [warning] });
    expect((await run('plan')).notes).toContain(
      'warning: route a: spec.authorize.roles.0: there is no role "x" (role_unknown)',
    );
  });

  test('say in a plan what was not looked at, and are silent of it in an apply', async () => {
    wire.answers = answer({ warningsNeed: ['apis:read', 'roles:read'] });
    const told = 'Not everything was looked at for warnings: the credential lacks apis:read, roles:read.';
    expect((await run('plan')).notes).toContain(told);
    expect((await run('apply')).notes).toBe('1 changed, 0 as they were.');
  });

  test('are in the JSON, in words of the file, and beside it nothing', async () => {
    wire.answers = answer({ warnings: [{ ...warning, line: 8, column: 12 }] });
    const { exitCode, out, notes } = await run('plan', '--json');
    expect([exitCode, notes]).toEqual([0, '']);
    expect(JSON.parse(out).warnings).toEqual([{ ...warning, file: '-', line: 8, column: 12 }]);
  });

  test('bring no control bytes to the terminal', async () => {
    wire.answers = answer({ warnings: [{ ...warning, message: 'x\u001b[2Jy' }] });
    expect((await run('plan')).notes).not.toContain('\u001b');
  });

  test('of a server that knows none are none', async () => {
    wire.answers = { 'POST /api/v1/apply': { body: { applied: true, changes: [change] } } };
    expect(await run('apply', '--strict')).toEqual({
      exitCode: 0,
      out: '+ route a',
      notes: '1 changed, 0 as they were.',
    });
  });
});

describe('--strict', () => {
  const warned: [name: string, more: object, told: string][] = [
    ['a warning', { warnings: [warning] }, 'There are warnings, and --strict refuses what is warned of.'],
    ['something that was not looked at', { warningsNeed: ['apis:read'] }, 'the credential lacks apis:read'],
  ];
  test.each(warned)('a plan is shown whole, and fails for %s', async (_, more, told) => {
    wire.answers = answer(more);
    const { exitCode, out, notes } = await run('plan', '--strict');
    expect(exitCode).toBe(2);
    expect(out).toContain('+ route a');
    expect(notes).toContain(told);
    expect(wire.asked[0]?.url).toContain('strict=false');
    expect((await run('plan', '--strict', '--json')).exitCode).toBe(2);
  });

  test('a plan without any passes', async () => {
    wire.answers = answer();
    expect((await run('plan', '--strict')).exitCode).toBe(0);
  });

  test('an apply is refused by the server, before anything is changed', async () => {
    wire.answers = {
      'POST /api/v1/apply': {
        status: 400,
        body: {
          code: 'warnings_refused',
          detail: 'x',
          fields: [{ path: 'spec.scopes.0', line: 6, column: 3, message: 'no' }],
        },
      },
    };
    const { exitCode, notes } = await run('apply', '--strict');
    expect(wire.asked[0]?.url).toContain('strict=true');
    expect(exitCode).toBe(2);
    expect(notes).toContain('-:6:3: spec.scopes.0: no');
  });
});

test('a new key is told of beside the key', async () => {
  const warnings = [{ code: 'scope_undeclared', path: 'scopes.0', message: 'did you mean "a:read"?' }];
  wire.answers = { 'POST /api/v1/keys': { status: 201, body: { id: 'key_1', key: 'gh_live_x', warnings } } };
  const { out, notes } = await wire.run(['keys', 'create', '--name', 'x', '--scope', 'a:raed']);
  expect(out).toBe('gh_live_x');
  expect(notes).toContain('warning: scopes.0: did you mean "a:read"? (scope_undeclared)');
});
