import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/admin.ts';
import { useList } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { isTemplate, TEMPLATES } from './templates.ts';
import { type Policy, type PolicySpec, type PolicyTest, type Tried, usePolicy } from './use-policy.ts';

/** A set of tests as it is written here; `changed` when it is not what is stored. */
export interface TestSetDraft {
  name: string;
  tests: readonly PolicyTest[];
  changed: boolean;
}

export interface Workbench {
  name: string;
  /** As it is stored; undefined for a new one. */
  stored: Policy | undefined;
  etag: string | undefined;
  /** As it is written here. */
  cedar: string;
  description: string;
  write: (changes: { cedar?: string; description?: string }) => void;
  isChanged: boolean;
  spec: PolicySpec;
  testSets: readonly TestSetDraft[];
  writeTests: (set: string, tests: readonly PolicyTest[]) => void;
  tried: Tried | undefined;
  isTrying: boolean;
  /** After it was put in force: what is written is what is stored. */
  settle: () => void;
}

const TYPING_PAUSE_MILLISECONDS = 350;

/** A policy on the bench: what is stored, what is written, and what would be said of it. */
export function useWorkbench(name: string, template: string): { bench: Workbench | undefined; error: Error | null } {
  const me = useMe();
  const read = usePolicy(name);
  const sets = useList('/api/v1/policy_tests', { enabled: me.mayInTenant('policy_tests:read') });
  const [draft, setDraft] = useState<{ cedar?: string; description?: string }>({});
  const [drafts, setDrafts] = useState<Readonly<Record<string, readonly PolicyTest[]>>>({});
  const stored = read.data?.policy;
  const begun = isTemplate(template) ? TEMPLATES[template] : '';
  const cedar = draft.cedar ?? stored?.spec.cedar ?? begun;
  const description = draft.description ?? stored?.spec.description ?? '';
  const spec: PolicySpec = {
    cedar,
    ...(stored?.spec.links === undefined ? {} : { links: stored.spec.links }),
    ...(description === '' ? {} : { description }),
  };
  const testSets = mergeSets(sets.data?.pages.flatMap(({ items }) => items) ?? [], drafts);
  const changedSets = testSets.filter(({ changed }) => changed);
  // What is on trial is tried here as if it were in force: that is what one wants to know of it.
  const body = {
    policies: cedar.trim() === '' ? [] : [{ name, spec }],
    tests: changedSets.map((set) => ({ name: set.name, spec: { tests: [...set.tests] } })),
  };
  const [settled] = useDebouncedValue(JSON.stringify(body), TYPING_PAUSE_MILLISECONDS);
  const tried = useQuery({
    queryKey: ['try', settled],
    enabled: read.data !== undefined,
    queryFn: async ({ signal }) =>
      (await api.post('/api/v1/policy-versions/try', { body: JSON.parse(settled) as typeof body, signal })).data,
    placeholderData: keepPreviousData,
  });
  if (read.data === undefined) return { bench: undefined, error: read.error };
  return {
    error: null,
    bench: {
      name,
      stored,
      etag: read.data.etag,
      cedar,
      description,
      write: (changes) => setDraft((before) => ({ ...before, ...changes })),
      isChanged:
        cedar !== (stored?.spec.cedar ?? '') ||
        description !== (stored?.spec.description ?? '') ||
        changedSets.length > 0,
      spec,
      testSets,
      writeTests: (set, tests) => setDrafts((before) => ({ ...before, [set]: tests })),
      tried: tried.data,
      isTrying: tried.isFetching || settled !== JSON.stringify(body),
      settle: () => {
        setDraft({});
        setDrafts({});
      },
    },
  };
}

function mergeSets(
  stored: readonly { name: string; spec: { tests: readonly PolicyTest[] } }[],
  drafts: Readonly<Record<string, readonly PolicyTest[]>>,
): TestSetDraft[] {
  const names = [...new Set([...stored.map(({ name }) => name), ...Object.keys(drafts)])].sort();
  return names.map((name) => {
    const kept = stored.find((each) => each.name === name)?.spec.tests ?? [];
    const tests = drafts[name] ?? kept;
    return { name, tests, changed: JSON.stringify(tests) !== JSON.stringify(kept) };
  });
}
