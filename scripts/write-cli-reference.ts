/** Writes docs/reference/cli.md: every command of the program with its options, as `--help` knows them. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildProgram } from '../server/src/cli/run-cli.ts';

type Command = ReturnType<typeof buildProgram>;

const HEAD = `# The command line, command by command

Written from the program by \`npm run docs\`. [The guide](../guides/cli.md) says how an instance and a credential are found, and what the exit codes mean.
`;

/** The whole page. */
export function cliReference(): string {
  const terminal = { out() {}, note() {}, colour: false, width: 120 };
  // Nothing is run: commands are only asked what they are.
  const context = { terminal } as unknown as Parameters<typeof buildProgram>[0];
  const program = buildProgram(context, '0');
  const groups = program.commands.map((command) => {
    const parts = leavesOf(command, []).map(describe);
    const about = command.commands.length === 0 ? '' : `${sentence(command.description())}\n\n`;
    return `## \`gatehouse ${command.name()}\`\n\n${about}${parts.join('\n')}`;
  });
  return `${[HEAD, ...groups].join('\n').trimEnd()}\n`;
}

function leavesOf(command: Command, path: readonly string[]): { command: Command; path: string }[] {
  const here = [...path, command.name()];
  if (command.commands.length === 0) return [{ command, path: here.join(' ') }];
  return command.commands.flatMap((child) => leavesOf(child as Command, here));
}

function describe({ command, path }: { command: Command; path: string }): string {
  const words = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  const takes = [
    ...command.registeredArguments
      .filter(({ description }) => description !== '')
      .map((argument) => `| \`${argument.name()}\` | ${cell(argument.description)} |`),
    ...command.options
      .filter(({ hidden }) => !hidden)
      .map(
        ({ flags, description, mandatory }) =>
          `| \`${cell(flags)}\` | ${cell(description)}${mandatory ? ' (required)' : ''} |`,
      ),
  ];
  const table = takes.length === 0 ? '' : `\n| | |\n|---|---|\n${takes.join('\n')}\n`;
  const title = path.includes(' ') ? `### \`${path}\`\n\n` : '';
  return `${title}\`gatehouse ${[path, ...words].join(' ')}\`\n\n${sentence(command.description())}\n${table}`;
}

const sentence = (text: string): string =>
  text === '' ? '' : `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? '' : '.'}`;
const cell = (text: string): string => text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|');

if (import.meta.main) {
  writeFileSync(fileURLToPath(new URL('../docs/reference/cli.md', import.meta.url)), cliReference());
}
