import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { fixedClock } from '#testing';
import type { CommandContext, LocalCommands } from './command-context.ts';
import { runCli } from './run-cli.ts';

interface Asked {
  method: string | undefined;
  url: string | undefined;
  authorization: string | undefined;
  body: string;
}

const refuse = async (): Promise<never> => Promise.reject(new TypeError('not in this test'));
const local: LocalCommands = {
  start: refuse,
  init: refuse,
  restore: refuse,
  rotateMasterKey: refuse,
  checkConfiguration: refuse,
};

interface RunOptions {
  input?: string;
  environment?: NodeJS.ProcessEnv;
  local?: Partial<LocalCommands>;
}

/** The wire between command and Admin API: what the server was asked, and what it answers. For one test file. */
export function commandLine() {
  const wire = {
    asked: [] as Asked[],
    answers: {} as Record<string, { status?: number; body: unknown }>,
    url: '',
    run,
  };
  const server = createServer(async (request: IncomingMessage, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    wire.asked.push({ method: request.method, url: request.url, authorization: request.headers.authorization, body });
    const { status = 200, body: answer } = wire.answers[`${request.method} ${request.url?.split('?')[0]}`] ?? {
      status: 404,
      body: { detail: 'No such route.' },
    };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    wire.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());
  afterEach(() => {
    wire.asked = [];
    wire.answers = {};
    process.exitCode = undefined;
  });

  async function run(args: string[], options: RunOptions = {}) {
    const { input = '', environment = { GATEHOUSE_URL: wire.url, GATEHOUSE_TOKEN: 'the-token' } } = options;
    const out: string[] = [];
    const notes: string[] = [];
    const context: CommandContext = {
      terminal: { out: (text) => out.push(text), note: (text) => notes.push(text), colour: false, width: 120 },
      environment,
      workingFolder: '/nonexistent',
      clock: fixedClock(),
      local: { ...local, ...options.local },
      readInput: async () => input,
    };
    const exitCode = await runCli(args, context, '0.0.0');
    return { exitCode, out: out.join('\n'), notes: notes.join('\n') };
  }
  return wire;
}
