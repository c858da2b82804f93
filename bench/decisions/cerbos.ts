import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Pool } from 'undici';
import { actionName, allowedByRule, type Question, roleName } from './same-rules.ts';

const PACKAGE = '@cerbos/cerbos-linux-x64';
const VERSION = '0.55.0';
const CACHE = fileURLToPath(new URL('../.peers', import.meta.url));
const READY_MILLISECONDS_MAX = 20_000;
const AT_ONCE = 32;

export interface CerbosRun {
  decisions: number;
  elapsed: number;
  /** In milliseconds, one by one, with nothing else under way. */
  latencies: number[];
}

export interface Cerbos {
  run(seconds: number): Promise<CerbosRun>;
  /** The first question that it answers otherwise than the rules say; -1 when there is none. */
  wrong(): Promise<number>;
  close(): void;
}

/**
 * The Cerbos server, as whoever installs it asks it: over HTTP on this machine, connections kept open. Its package is
 * fetched when the benchmark first runs: 100 MB that nobody else needs. Undefined where it can't be had.
 */
export async function startCerbos(count: number, questions: readonly Question[]): Promise<Cerbos | undefined> {
  const program = await install();
  if (program === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-cerbos-'));
  writeFileSync(join(folder, 'order.yaml'), policyOf(count));
  const port = 20_000 + (process.pid % 20_000);
  const settings = [`server.httpListenAddr=127.0.0.1:${port}`, `server.grpcListenAddr=127.0.0.1:${port + 1}`];
  const more = [`storage.disk.directory=${folder}`, 'storage.driver=disk', 'telemetry.disabled=true'];
  const flags = [...settings, ...more].flatMap((setting) => ['--set', setting]);
  const server = spawn(program, ['server', '--log-level=error', ...flags], { stdio: 'ignore' });
  const origin = `http://127.0.0.1:${port}`;
  const pool = new Pool(origin, { connections: AT_ONCE });
  const bodies = questions.map(bodyOf);
  const ask = async (index: number): Promise<boolean> => {
    const { body } = await pool.request({
      path: '/api/check/resources',
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: bodies[index] ?? '',
    });
    const answer = (await body.json()) as { results: { actions: Record<string, string> }[] };
    return Object.values(answer.results[0]?.actions ?? {})[0] === 'EFFECT_ALLOW';
  };
  const close = () => {
    server.kill();
    void pool.destroy();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await untilReady(origin);
  } catch {
    close();
    return undefined;
  }
  return {
    async run(seconds) {
      const begun = performance.now();
      const endsAt = begun + seconds * 1000;
      let decisions = 0;
      const worker = async () => {
        while (performance.now() < endsAt) {
          await ask(decisions % questions.length);
          decisions += 1;
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
      const elapsed = (performance.now() - begun) / 1000;
      const latencies: number[] = [];
      for (let index = 0; index < 200; index += 1) {
        const asked = performance.now();
        await ask(index % questions.length);
        latencies.push(performance.now() - asked);
      }
      return { decisions, elapsed, latencies: latencies.sort((left, right) => left - right) };
    },
    async wrong() {
      for (const [index, question] of questions.entries()) {
        if ((await ask(index)) !== allowedByRule(question)) return index;
      }
      return -1;
    },
    close,
  };
}

async function install(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const program = join(CACHE, 'node_modules', PACKAGE, 'cerbos-linux-x64');
  if (existsSync(program)) return program;
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(join(CACHE, 'package.json'), '{"private": true}\n');
  const flags = ['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', `${PACKAGE}@${VERSION}`];
  await promisify(execFile)('npm', flags, { cwd: CACHE }).catch(() => undefined);
  return existsSync(program) ? program : undefined;
}

async function untilReady(origin: string): Promise<void> {
  const endsAt = performance.now() + READY_MILLISECONDS_MAX;
  for (;;) {
    const answered = await fetch(`${origin}/_cerbos/health`).catch(() => undefined);
    if (answered?.ok === true) return;
    if (performance.now() > endsAt) throw new Error('Cerbos is not ready');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function policyOf(count: number): string {
  const rules = Array.from(
    { length: count },
    (_, number) => `    - actions: ['${actionName(number)}']
      effect: EFFECT_ALLOW
      roles: ['${roleName(number)}']
      condition:
        match:
          expr: request.resource.attr.department == request.principal.attr.organization && !request.resource.attr.locked`,
  );
  return `apiVersion: api.cerbos.dev/v1\nresourcePolicy:\n  resource: order\n  version: default\n  rules:\n${rules.join('\n')}\n`;
}

function bodyOf({ role, action, department, owner, locked }: Question): string {
  return JSON.stringify({
    principal: { id: owner, roles: [role], attr: { organization: 'org_acme' } },
    resources: [{ actions: [action], resource: { kind: 'order', id: '1', attr: { department, locked } } }],
  });
}
