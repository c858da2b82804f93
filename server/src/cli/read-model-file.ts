import { readFileSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import type { CommandContext } from './command-context.ts';
import { cliErrors } from './errors.ts';

/**
 * A model of relationships as JSON, from any of the forms in which OpenFGA's tools keep it: one file in its language, an
 * `fga.mod` with the modules it names, or JSON.
 * @throws `file_unreadable`; `invalid_authorization_model` with the place of the first error
 */
export async function readModelFile(context: CommandContext, path: string): Promise<unknown> {
  const file = resolve(context.workingFolder, path);
  const text = readText(file, path);
  const { readDsl, readModules } = await import('#authz');
  if (basename(file).endsWith('.mod')) {
    return readModules(text, (name) => readText(join(dirname(file), name), name));
  }
  if (extname(file) !== '.json') return readDsl(text);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw cliErrors.file_unreadable({ message: `${path} is not valid JSON.`, cause });
  }
}

function readText(file: string, name: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw cliErrors.file_unreadable({
      message: `${name} could not be read. Check the path and its permissions.`,
      cause,
    });
  }
}
