import { expect, test } from 'vitest';
import { clientKind } from '#oauth';
import { grantWords } from '../../console/src/editor/grant-words.ts';

test('the console has words for every grant of a client, English and German', () => {
  expect(clientKind.jsonSchema().properties?.grants?.items).toMatchObject({ enum: Object.keys(grantWords.en) });
  expect(Object.keys(grantWords.de)).toEqual(Object.keys(grantWords.en));
});
