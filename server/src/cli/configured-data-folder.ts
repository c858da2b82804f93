import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { cliErrors } from './errors.ts';

const CONFIGURATION_FILE = 'gatehouse.yaml';

/**
 * The data folder that the boot configuration in this folder names, as `gatehouse start` would read it; undefined when there
 * is no such file, or it names none. Nothing else in the file is judged here: a command to a running instance needs no more.
 * @throws `data_folder_unknown`
 */
export function configuredDataFolder(workingFolder: string): string | undefined {
  const path = resolve(workingFolder, CONFIGURATION_FILE);
  if (!existsSync(path)) return undefined;
  const dataFolder = read(path);
  if (dataFolder === undefined || dataFolder === null) return undefined;
  if (typeof dataFolder !== 'string' || dataFolder === '')
    throw unusable(path, '`dataFolder` must be the path of a folder.');
  return resolve(workingFolder, dataFolder);
}

function read(path: string): unknown {
  // Loaded where there is such a file: the other commands are quicker without it.
  const { isMap, parseDocument } = createRequire(import.meta.url)('yaml') as typeof import('yaml');
  const document = parseDocument(readText(path), { logLevel: 'silent', stringKeys: true });
  const [problem] = document.errors;
  if (problem !== undefined) {
    const [at] = problem.linePos ?? [];
    const [sentence = ''] = problem.message.split('\n');
    throw unusable(at === undefined ? path : `${path}:${at.line}:${at.col}`, sentence.replace(/ at line \d+.*$/, '.'));
  }
  if (document.contents === null) return undefined;
  if (!isMap(document.contents)) throw unusable(path, 'It must be a set of fields, for example `issuer: …`.');
  return document.get('dataFolder');
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw unusable(path, 'It could not be read: check its permissions.', cause);
  }
}

function unusable(place: string, what: string, cause?: unknown) {
  return cliErrors.data_folder_unknown({
    message: `${place} should say where the data folder is, and can not be used. ${what} Mend it, or name the folder with --data-folder.`,
    ...(cause === undefined ? {} : { cause }),
  });
}
