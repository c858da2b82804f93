import type { Command } from 'commander';
import { type CommandContext, connect, type RemoteFlags, remote } from '../command-context.ts';
import { parseDuration } from '../duration.ts';
import { instant, printJson } from '../output.ts';

interface Replaced {
  kid: string;
  replacedAt: number;
  formerReadsUntil: number;
}

/** The key that clients encrypt their requests to: it changes by itself, and by hand when it may have become known. */
export function addRequestKeyCommands(program: Command, context: CommandContext): void {
  const { terminal } = context;
  const key = program.command('request-encryption-key').description('the key that clients encrypt their requests to');

  remote(key.command('replace'))
    .option(
      '--overlap <duration>',
      'so long the former key still reads, for example 10m; when left out it stops at once',
    )
    .description('another key at once, in every process, for one that may have become known')
    .action(async ({ overlap, ...flags }: RemoteFlags & { overlap?: string }) => {
      const body = overlap === undefined ? {} : { overlapSeconds: parseDuration(overlap) };
      const replaced = await connect(context, flags).json<Replaced>('/request-encryption-key/replace', {
        method: 'POST',
        body,
      });
      if (flags.json) return printJson(terminal, replaced);
      const until = overlap === undefined ? 'no longer reads' : `reads until ${instant(replaced.formerReadsUntil)}`;
      terminal.out(`Requests are encrypted to ${replaced.kid} from now on. The former key ${until}.`);
    });
}
