import { api } from '../../api/admin.ts';
import type { PolicySpec } from './use-policy.ts';
import type { TestSetDraft, Workbench } from './use-workbench.ts';

/** Puts what is written in force, or on trial. With tests that changed too, all of it at once or none. */
export async function putInForce(
  { name, spec, etag, testSets }: Workbench,
  { mode, message }: { mode: 'enforce' | 'shadow'; message: string },
): Promise<void> {
  const wanted: PolicySpec = mode === 'shadow' ? { ...spec, mode } : spec;
  const changed = testSets.filter((set) => set.changed);
  if (changed.length === 0) {
    const expected = etag === undefined ? { ifNoneMatch: '*' as const } : { ifMatch: etag };
    const body = { spec: wanted };
    await api.put('/api/v1/policies/{name}', { params: { name }, body, ...expected, changeMessage: message });
    return;
  }
  const documents = [{ kind: 'policy', name, spec: wanted }, ...changed.map(toDocument)];
  await api.post('/api/v1/apply', { body: { documents }, changeMessage: message });
}

function toDocument({ name, tests }: TestSetDraft) {
  return { kind: 'policy_test', name, spec: { tests } };
}
