/** The `gatehouse` command. What needs the rooms themselves is loaded only when it is asked for: `keys list` must be quick. */
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { systemClock } from '#base';
import { type CommandContext, processTerminal, runCli } from '#cli';

const terminal = processTerminal({ stays: process.argv[2] === 'start' });
const local = () => import('./local-commands.ts');

const context: CommandContext = {
  terminal,
  environment: process.env,
  workingFolder: process.cwd(),
  clock: systemClock,
  readInput: () => text(process.stdin),
  local: {
    start: async (options) => (await local()).start(terminal, options),
    init: async (options) => (await local()).init(options),
    restore: async (options) => (await local()).restoreBackup(options),
    rotateMasterKey: async (options) => (await local()).rotate(options),
    checkConfiguration: async (options) => (await local()).checkConfiguration(options),
  },
};

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
process.exitCode = await runCli(process.argv.slice(2), context, version);
