/** The walk a newcomer takes: `npm start`, paste every line it prints, Ctrl-C, `npm start` again. Exit code 0 when all is as printed. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../server/testing/temporary-folder.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const FIRST_START_MILLISECONDS_MAX = 120_000;
const SECOND_START_MILLISECONDS_MAX = 1_000;
const START_TRIES_MAX = 3;
const STOP_MILLISECONDS_MAX = 20_000;
const LINE_MILLISECONDS_MAX = 30_000;
const PORTS = [7700, 7800, 7900];

/** What each printed block, named by its `#` line, must show, in the order they are printed. */
const EXPECTED: readonly (readonly [title: RegExp, output: RegExp])[] = [
  [/^no credential: 401/, /^HTTP\/1\.1 401 .*^www-authenticate: /ims],
  [/^an API key: 200/, /^HTTP\/1\.1 200 .*^\{.*"city"/ims],
  [/^a key without the scope: 403/, /^HTTP\/1\.1 403 .*"decision_id"/ims],
  [/^a burst: 429 from the eleventh/, /^(200 ){10}(429 ){5}$/m],
  [/^a client's access token: 200/, /^HTTP\/1\.1 200 /m],
  [/^revoke the key.*401 at once/, /^Revoked key_.*^HTTP\/1\.1 401 /ms],
  [/^what happened, and why/, /^TIME +STATUS.* 401 /ms],
];

interface Started {
  child: ChildProcess;
  milliseconds: number;
  text: string;
}

const failures: string[] = [];

function check(what: string, ok: boolean, shown = ''): void {
  process.stdout.write(`${ok ? '  ok  ' : 'FAILED'} ${what}\n`);
  if (ok) return;
  failures.push(what);
  process.stdout.write(`${shown.trimEnd().replaceAll(/^/gm, '       | ')}\n`);
}

const folder = await temporaryFolder();
const dataFolder = `${folder}/data`;
let running: Started | undefined;
try {
  const busy = await portsThatAnswer();
  check(`ports ${PORTS.join(', ')} are free`, busy.length === 0, `something listens on ${busy.join(', ')}; stop it`);
  if (busy.length === 0) await walk();
} catch (error) {
  check('the walk', false, error instanceof Error ? error.message : String(error));
} finally {
  if (running?.child.exitCode === null && running.child.signalCode === null) await stop(running);
  await rm(folder, { recursive: true, force: true });
}
process.stdout.write(failures.length === 0 ? 'As printed.\n' : `${failures.length} failed: ${failures.join('; ')}\n`);
process.exitCode = failures.length === 0 ? 0 : 1;

async function walk(): Promise<void> {
  running = await start(FIRST_START_MILLISECONDS_MAX);
  check(`npm start is ready (${running.milliseconds} ms)`, true);
  check('it prints the administrator’s link', /\/setup\?link=gh_ln_/.test(running.text), running.text);
  const blocks = readBlocks(running.text);
  const titles = blocks.map(({ title }) => title).join('\n');
  check(`it prints ${EXPECTED.length} blocks to paste`, blocks.length === EXPECTED.length, titles);
  for (const [index, { title, script }] of blocks.entries()) {
    const [expectedTitle, output] = EXPECTED[index] ?? [/^$/, /^$/];
    const shown = await paste(script);
    check(title, expectedTitle.test(title) && output.test(shown.replaceAll('\r', '')), `${script}\n${shown}`);
  }
  await stopAndCheck(running);

  running = await startAgain();
  const { milliseconds } = running;
  check(
    `on a second start it is ready in under a second (${milliseconds} ms)`,
    milliseconds < SECOND_START_MILLISECONDS_MAX,
  );
  const [first] = readBlocks(running.text);
  check('and answers', first !== undefined && /^HTTP\/1\.1 401 /m.test(await paste(first.script)));
  await stopAndCheck(running);
}

/** A machine that is busy with something else just then gets another try. */
async function startAgain(): Promise<Started> {
  let again = await start(FIRST_START_MILLISECONDS_MAX);
  for (let tries = 1; tries < START_TRIES_MAX && again.milliseconds >= SECOND_START_MILLISECONDS_MAX; tries += 1) {
    await stop(again);
    again = await start(FIRST_START_MILLISECONDS_MAX);
  }
  return again;
}

/** In a process group of its own, which is what a terminal makes of a command. */
async function start(millisecondsMax: number): Promise<Started> {
  const child = spawn('npm', ['start', '--', '--data-folder', dataFolder], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { promise, resolve, reject } = Promise.withResolvers<Started>();
  let text = '';
  const onText = (chunk: Buffer) => {
    text += chunk.toString();
    const ready = /ready \((\d+) ms\)/.exec(text);
    if (ready !== null && text.includes('Stop with Ctrl-C.')) resolve({ child, milliseconds: Number(ready[1]), text });
  };
  child.stdout?.on('data', onText);
  child.stderr?.on('data', onText);
  child.once('exit', () => reject(new Error(`npm start ended:\n${text}`)));
  const late = setTimeout(() => {
    reject(new Error(`npm start was not ready in ${millisecondsMax} ms:\n${text}`));
    interrupt(child);
  }, millisecondsMax);
  return promise.finally(() => clearTimeout(late));
}

/** The lines to paste stand indented under a line that begins with `#`. */
function readBlocks(text: string): { title: string; script: string }[] {
  const blocks: { title: string; lines: string[] }[] = [];
  for (const line of text.slice(text.indexOf('Paste these')).split('\n')) {
    if (line.startsWith('  # ')) blocks.push({ title: line.slice(4), lines: [] });
    else if (line.startsWith('  ')) blocks.at(-1)?.lines.push(line.slice(2));
  }
  return blocks.map(({ title, lines }) => ({ title, script: lines.join('\n') }));
}

function paste(script: string): Promise<string> {
  return new Promise((resolve) => {
    execFile('bash', ['-c', script], { cwd: root, timeout: LINE_MILLISECONDS_MAX }, (error, stdout, stderr) =>
      resolve(error === null ? stdout : `${stdout}\n${stderr}\n${error.message}`),
    );
  });
}

async function stopAndCheck(started: Started): Promise<void> {
  const ended = await stop(started);
  check(`Ctrl-C ends it (${ended})`, ended === 'exit 0');
  const left = processesLeft(started);
  check('no process is left', left.length === 0, left.join('\n'));
  const busy = await portsThatAnswer();
  check('nothing listens any more', busy.length === 0, busy.join(', '));
}

async function stop({ child }: Started): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  child.once('exit', (code, signal) => resolve(signal ?? `exit ${code}`));
  interrupt(child);
  const late = setTimeout(() => resolve(`still running after ${STOP_MILLISECONDS_MAX} ms`), STOP_MILLISECONDS_MAX);
  return promise.finally(() => clearTimeout(late));
}

/** Ctrl-C: the terminal tells the whole group. */
function interrupt({ pid }: ChildProcess): void {
  if (pid !== undefined) process.kill(-pid, 'SIGINT');
}

/** Of the group that was started, or at work on its data folder (the database has a group of its own). */
function processesLeft({ child }: Started): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        // proc(5): after the name in parentheses come state, parent, group.
        const group = /.*\) \S \d+ (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
        return Number(group) === child.pid || command.includes(dataFolder) ? [`${pid} ${command}`] : [];
      } catch {
        return [];
      }
    });
}

async function portsThatAnswer(): Promise<number[]> {
  const answers = await Promise.all(PORTS.map(async (port) => ((await accepts(port)) ? [port] : [])));
  return answers.flat();
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.on('error', () => resolve(false)).on('connect', () => socket.destroy());
  });
}
