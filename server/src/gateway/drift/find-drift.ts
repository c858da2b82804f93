import type { Store } from '#store';
import { compiledDocument } from '../openapi/compile-document.ts';
import type { ApiDocumentSpec } from '../openapi/document-spec.ts';
import { type DriftReport, driftReport } from './drift-report.ts';
import { readTraffic } from './traffic-table.ts';

/** Where the description of an API and what is seen of it differ, as far as has been written down. */
export async function findDrift(
  { store }: { store: Pick<Store, 'transaction'> },
  { tenantId, document }: { tenantId: string; document: { name: string; spec: ApiDocumentSpec } },
): Promise<DriftReport> {
  const facts = await readTraffic(store, { tenantId, document: document.name });
  return driftReport(compiledDocument(document.spec).operations, facts);
}
