import { Autocomplete, Button, Collapse, JsonInput, Select, Stack, TextInput, UnstyledButton } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { type FormEvent, useEffect, useState } from 'react';
import { useWords } from '../../language/own-words.ts';
import { Card } from '../../parts/card.tsx';
import classes from './explorer.module.css';
import { PrincipalField } from './principal-field.tsx';
import { isWhole, type Question, readJson } from './question.ts';
import { useVocabulary } from './vocabulary.ts';
import { explorerWords } from './words.ts';

/** Types that can't be asked about: they stand for something else than what is done something to. */
const NO_RESOURCES = new Set([
  'Role',
  'Group',
  'Organization',
  'User',
  'Client',
  'ApiKey',
  'ServiceAccount',
  'Workload',
]);

export function QuestionForm({ question, onAsk }: { question: Question; onAsk: (question: Question) => void }) {
  const words = useWords(explorerWords);
  const { entityTypes, actions } = useVocabulary();
  const [draft, setDraft] = useState(question);
  const [isOpen, open] = useState(question.properties + question.attributes + question.context !== '');
  const asked = JSON.stringify(question);
  // Another address is another question: back and forward lead through them.
  useEffect(() => setDraft(JSON.parse(asked) as Question), [asked]);
  const set = (changes: Partial<Question>) => setDraft((before) => ({ ...before, ...changes }));
  const broken = [draft.properties, draft.attributes, draft.context].some((text) => readJson(text) === undefined);
  const fitting = actions.filter(({ resources }) => resources.length === 0 || resources.includes(draft.resourceType));
  const types = entityTypes.map(({ name }) => name).filter((name) => !NO_RESOURCES.has(name));
  const wanted = actions.find(({ name }) => name === draft.action)?.resources ?? [];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isWhole(draft) && !broken) onAsk(draft);
  };
  return (
    <Card title={words.question}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Select
            label={words.principalType}
            data={Object.entries(words.kinds).map(([value, label]) => ({ value, label }))}
            value={draft.type}
            allowDeselect={false}
            onChange={(type) =>
              set({ type: type ?? 'user', id: type === 'anonymous' ? 'anonymous' : '', properties: '' })
            }
          />
          <PrincipalField
            type={draft.type}
            value={draft.id}
            onType={(id) => set({ id })}
            onChoose={({ id, properties }) =>
              set({ id, properties: properties === undefined ? '' : JSON.stringify(properties) })
            }
          />
          <Autocomplete
            label={words.action}
            placeholder={words.actionHint}
            data={(draft.resourceType === '' || fitting.length === 0 ? actions : fitting).map(({ name }) => name)}
            value={draft.action}
            onChange={(action) => set({ action })}
            onOptionSubmit={(action) => {
              const only = actions.find(({ name }) => name === action)?.resources ?? [];
              if (only.length === 1 && draft.resourceType === '') set({ action, resourceType: only[0] ?? '' });
            }}
          />
          <Autocomplete
            label={words.resourceType}
            placeholder={words.resourceTypeHint}
            data={wanted.length === 0 ? types : [...wanted]}
            value={draft.resourceType}
            onChange={(resourceType) => set({ resourceType })}
          />
          <TextInput
            label={words.resource}
            placeholder={words.resourceHint}
            value={draft.resource}
            spellCheck={false}
            onChange={({ currentTarget }) => set({ resource: currentTarget.value })}
          />
          <UnstyledButton type="button" className={classes.more} aria-expanded={isOpen} onClick={() => open(!isOpen)}>
            <IconChevronRight size={16} aria-hidden className={classes.chevron} data-open={isOpen} />
            {words.more}
          </UnstyledButton>
          <Collapse expanded={isOpen}>
            <Stack gap="sm">
              <Json
                label={words.principalProperties}
                hint={words.principalPropertiesHint}
                value={draft.properties}
                onChange={(properties) => set({ properties })}
              />
              <Json
                label={words.resourceProperties}
                value={draft.attributes}
                onChange={(attributes) => set({ attributes })}
              />
              <Json
                label={words.context}
                hint={words.contextHint}
                value={draft.context}
                onChange={(context) => set({ context })}
              />
            </Stack>
          </Collapse>
          <Button type="submit" disabled={!isWhole(draft) || broken}>
            {words.ask}
          </Button>
        </Stack>
      </form>
    </Card>
  );
}

interface JsonProps {
  label: string;
  hint?: string;
  value: string;
  onChange: (value: string) => void;
}

function Json({ label, hint, value, onChange }: JsonProps) {
  const words = useWords(explorerWords);
  return (
    <JsonInput
      label={label}
      {...(hint === undefined ? {} : { description: hint })}
      placeholder="{}"
      autosize
      minRows={2}
      maxRows={10}
      formatOnBlur
      value={value}
      onChange={onChange}
      error={readJson(value) === undefined ? words.badJson : null}
    />
  );
}
