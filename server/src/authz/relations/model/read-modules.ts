import { firstError } from './read-dsl.ts';
import { invalidModel } from './read-model.ts';

/**
 * Puts a model together that is written in modules: `fga.mod` names the files, each of which begins with `module <name>`.
 * @param read gives a file's text by the path that `fga.mod` names, relative to it
 * @throws `invalid_authorization_model` with the file, line and column of the first error
 */
export async function readModules(modFile: string, read: (path: string) => string): Promise<unknown> {
  const { transformer } = await import('@openfga/syntax-transformer');
  const { schema, contents } = attempt('fga.mod', () => transformer.transformModFileToJSON(modFile));
  const files = contents.value.map(({ value: name }) => ({ name, contents: read(name) }));
  return attempt(undefined, () => transformer.transformModuleFilesToModel(files, schema.value));
}

function attempt<T>(file: string | undefined, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw invalidModel(firstError(cause, file));
  }
}
