import { api } from '../../api/admin.ts';
import type { PolicySpec } from './use-policy.ts';
import type { TestSetDraft, Workbench } from './use-workbench.ts';

type Mode = 'enforce' | 'shadow';

/** All that would be written. */
export function documentsOf(bench: Workbench, mode: Mode) {
  const changed = bench.testSets.filter((set) => set.changed);
  return [{ kind: 'policy', name: bench.name, spec: specIn(bench, mode) }, ...changed.map(toDocument)];
}

/** Puts what is written in force, or on trial. With tests that changed too, all of it at once or none. */
export async function putInForce(bench: Workbench, { mode, message }: { mode: Mode; message: string }): Promise<void> {
  const { name, etag } = bench;
  const documents = documentsOf(bench, mode);
  if (documents.length === 1) {
    const expected = etag === undefined ? { ifNoneMatch: '*' as const } : { ifMatch: etag };
    const body = { spec: specIn(bench, mode) };
    await api.put('/api/v1/policies/{name}', { params: { name }, body, ...expected, changeMessage: message });
    return;
  }
  await api.post('/api/v1/apply', { body: { documents }, changeMessage: message });
}

const specIn = ({ spec }: Workbench, mode: Mode): PolicySpec => (mode === 'shadow' ? { ...spec, mode } : spec);

function toDocument({ name, tests }: TestSetDraft) {
  return { kind: 'policy_test', name, spec: { tests } };
}
