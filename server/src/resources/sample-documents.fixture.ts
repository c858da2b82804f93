import { GatehouseError } from '#base';
import { readYamlDocuments } from './read-documents.ts';
import { sampleKinds } from './sample-kinds.fixture.ts';

export const read = (text: string) => readYamlDocuments(sampleKinds, text, { file: 'bundle.yaml' });
export const shelf = (name: string, place = 'hall') => `kind: shelf\nname: ${name}\nspec: {place: ${place}}\n`;
export const book = (name: string, on: string, more = '') =>
  `kind: book\nname: ${name}\nspec: {title: x, shelf: ${on}${more}}\n`;
export const bundle = (...documents: string[]) => read(documents.join('---\n'));

/** The error with which it is refused. */
export async function refusal(work: Promise<unknown>): Promise<GatehouseError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof GatehouseError) return error;
  throw error ?? new TypeError('nothing was refused');
}
