import {
  Button,
  Group,
  JsonInput,
  Modal,
  SegmentedControl,
  Select,
  SimpleGrid,
  Stack,
  TagsInput,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useWords } from '../../language/own-words.ts';
import { explorerWords } from '../explorer/words.ts';
import { fromTest, type TestDraft, toTest } from './test-draft.ts';
import type { PolicyTest } from './use-policy.ts';
import { policyWords } from './words.ts';

interface TestFormProps {
  /** undefined for a new one. */
  test: PolicyTest | undefined;
  readOnly: boolean;
  onClose: () => void;
  /** undefined: it is to go. */
  onWritten: (test: PolicyTest | undefined) => void;
}

/** One thing that must hold: who, what, on what, and whether it is allowed. */
export function TestForm({ test, readOnly, onClose, onWritten }: TestFormProps) {
  const words = useWords(policyWords);
  const { kinds } = useWords(explorerWords);
  const { t } = useTranslation();
  const [draft, setDraft] = useState<TestDraft>(() => fromTest(test));
  const set = (changes: Partial<TestDraft>) => setDraft((before) => ({ ...before, ...changes }));
  const read = toTest(draft);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (read.ok && !readOnly) onWritten(read.test);
  };
  const problem = (field: string) => (!read.ok && read.field === field ? words[read.problem] : null);
  return (
    <Modal opened onClose={onClose} title={test === undefined ? words.addTest : words.editTest} size="lg">
      <form onSubmit={submit}>
        <Stack gap="sm">
          <TextInput
            label={words.testName}
            placeholder={words.testNameHint}
            value={draft.name}
            onChange={({ currentTarget }) => set({ name: currentTarget.value })}
            data-autofocus
          />
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
            <Select
              label={words.who}
              data={Object.entries(kinds).map(([value, label]) => ({ value, label }))}
              value={draft.type}
              allowDeselect={false}
              onChange={(type) => set({ type: type ?? 'user' })}
            />
            <TextInput
              label={words.id}
              value={draft.id}
              spellCheck={false}
              onChange={({ currentTarget }) => set({ id: currentTarget.value })}
            />
            <TagsInput label={words.roles} value={draft.roles} onChange={(roles) => set({ roles })} />
            <TagsInput label={words.scopes} value={draft.scopes} onChange={(scopes) => set({ scopes })} />
            <TagsInput label={words.groups} value={draft.groups} onChange={(groups) => set({ groups })} />
            <TextInput
              label={words.acr}
              value={draft.acr}
              onChange={({ currentTarget }) => set({ acr: currentTarget.value })}
            />
          </SimpleGrid>
          <TextInput
            label={words.action}
            value={draft.action}
            spellCheck={false}
            onChange={({ currentTarget }) => set({ action: currentTarget.value })}
          />
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
            <TextInput
              label={words.resourceType}
              value={draft.resourceType}
              spellCheck={false}
              onChange={({ currentTarget }) => set({ resourceType: currentTarget.value })}
            />
            <TextInput
              label={words.resourceId}
              value={draft.resourceId}
              spellCheck={false}
              onChange={({ currentTarget }) => set({ resourceId: currentTarget.value })}
            />
            <JsonInput
              label={words.attributes}
              placeholder="{}"
              autosize
              minRows={2}
              value={draft.attributes}
              error={problem('attributes')}
              onChange={(attributes) => set({ attributes })}
            />
            <JsonInput
              label={words.context}
              placeholder="{}"
              autosize
              minRows={2}
              value={draft.context}
              error={problem('context')}
              onChange={(context) => set({ context })}
            />
          </SimpleGrid>
          <Textarea
            label={words.relationships}
            placeholder={words.relationshipsHint}
            autosize
            minRows={2}
            spellCheck={false}
            value={draft.relationships}
            error={problem('relationships')}
            onChange={({ currentTarget }) => set({ relationships: currentTarget.value })}
          />
          <div>
            <Text size="sm" fw={500} mb={4}>
              {words.expectLabel}
            </Text>
            <SegmentedControl
              aria-label={words.expectLabel}
              value={draft.expect}
              onChange={(expect) => set({ expect: expect === 'allow' ? 'allow' : 'deny' })}
              data={[
                { value: 'allow', label: words.allowed },
                { value: 'deny', label: words.denied },
              ]}
            />
          </div>
          <Group justify="space-between" mt="sm">
            {test !== undefined && !readOnly ? (
              <Button variant="subtle" color="red" onClick={() => onWritten(undefined)}>
                {words.removeTest}
              </Button>
            ) : (
              <span />
            )}
            <Group gap="xs">
              <Button variant="default" onClick={onClose}>
                {t('common.cancel')}
              </Button>
              {!readOnly && (
                <Button type="submit" disabled={!read.ok}>
                  {t('common.done')}
                </Button>
              )}
            </Group>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
