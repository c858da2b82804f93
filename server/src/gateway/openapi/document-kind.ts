import { type Conflict, defineKind } from '#resources';
import { compiledDocument } from './compile-document.ts';
import { type ApiDocumentSpec, apiDocumentSchema } from './document-spec.ts';

const PROBLEMS_MAX = 20;

export const apiDocumentKind = defineKind({
  kind: 'api_document',
  plural: 'api_documents',
  idKind: 'apiDocument',
  description: 'The OpenAPI 3.1 description of an API: what requests are held against, and what people read.',
  schema: apiDocumentSchema,
  references: ({ api }) => [{ kind: 'api', name: api, path: 'api' }],
  check: (spec) => compiledDocument(spec).problems.slice(0, PROBLEMS_MAX),
  conflicts: sharedApis,
});

function sharedApis(documents: readonly { name: string; spec: ApiDocumentSpec }[]): Conflict[] {
  const first = new Map<string, string>();
  return documents.flatMap(({ name, spec: { api } }) => {
    const other = first.get(api);
    if (other === undefined) first.set(api, name);
    return other === undefined
      ? []
      : [{ first: other, second: name, path: 'api', message: `is described by "${other}" already` }];
  });
}
