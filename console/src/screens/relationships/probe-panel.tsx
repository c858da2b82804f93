import { Autocomplete, Button, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useWords } from '../../language/own-words.ts';
import { Badge } from '../../parts/badge.tsx';
import { Card } from '../../parts/card.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { openfga, type RelationModel, type TupleKey } from './openfga.ts';
import classes from './relationships.module.css';
import { relationsOf, TupleFields } from './tuple-fields.tsx';
import { relationWords } from './words.ts';

interface PanelProps {
  store: string;
  model: RelationModel | undefined;
}

/** Check, list objects, list users: the questions that a program would ask. */
export function ProbePanel({ store, model }: PanelProps) {
  const words = useWords(relationWords);
  return (
    <>
      <Text size="sm" c="dimmed" mb="md">
        {words.probeLead}
      </Text>
      <SimpleGrid cols={{ base: 1, md: 3 }} spacing="lg" className={classes.probes ?? ''}>
        <Check store={store} model={model} />
        <Objects store={store} model={model} />
        <Users store={store} model={model} />
      </SimpleGrid>
    </>
  );
}

function Check({ store, model }: PanelProps) {
  const words = useWords(relationWords);
  const [tuple, setTuple] = useState<TupleKey>({ user: '', relation: '', object: '' });
  const { user, relation, object } = tuple;
  const ask = useMutation({
    mutationFn: async () => ({
      ...(await openfga<{ allowed: boolean }>('post', `/stores/${store}/check`, {
        tuple_key: { user, relation, object },
      })),
      text: [user, relation, object] as const,
    }),
  });
  return (
    <Question title={words.check} go={words.checkGo} isWhole={![user, relation, object].includes('')} ask={ask}>
      <TupleFields model={model} tuple={tuple} onChange={setTuple} />
      {ask.data !== undefined && (
        <Text size="sm" fw={600} c={ask.data.allowed ? 'var(--good)' : 'var(--bad)'} role="status">
          {ask.data.allowed ? words.holds(...ask.data.text) : words.fails(...ask.data.text)}
        </Text>
      )}
    </Question>
  );
}

function Objects({ store, model }: PanelProps) {
  const words = useWords(relationWords);
  const [user, setUser] = useState('');
  const [type, setType] = useState('');
  const [relation, setRelation] = useState('');
  const ask = useMutation({
    mutationFn: () =>
      openfga<{ objects: string[]; complete?: boolean }>('post', `/stores/${store}/list-objects`, {
        user,
        type,
        relation,
      }),
  });
  return (
    <Question title={words.objects} go={words.objectsGo} isWhole={![user, type, relation].includes('')} ask={ask}>
      <TextInput
        label={words.user}
        placeholder="user:ann"
        value={user}
        spellCheck={false}
        onChange={({ currentTarget }) => setUser(currentTarget.value)}
      />
      <TypeSelect label={words.type} model={model} value={type} onChange={setType} />
      <Autocomplete label={words.relation} data={relationsOf(model, type)} value={relation} onChange={setRelation} />
      {ask.data !== undefined && <Found items={ask.data.objects} complete={ask.data.complete !== false} />}
    </Question>
  );
}

interface User {
  object?: { type: string; id: string };
  userset?: { type: string; id: string; relation: string };
  wildcard?: { type: string };
}

function Users({ store, model }: PanelProps) {
  const words = useWords(relationWords);
  const [object, setObject] = useState('');
  const [relation, setRelation] = useState('');
  const [type, setType] = useState('user');
  const ask = useMutation({
    mutationFn: () => {
      const [objectType = '', ...id] = object.split(':');
      return openfga<{ users: User[]; complete?: boolean }>('post', `/stores/${store}/list-users`, {
        object: { type: objectType, id: id.join(':') },
        relation,
        user_filters: [{ type }],
      });
    },
  });
  return (
    <Question title={words.users} go={words.usersGo} isWhole={object.includes(':') && relation !== ''} ask={ask}>
      <TextInput
        label={words.object}
        placeholder="document:roadmap"
        value={object}
        spellCheck={false}
        onChange={({ currentTarget }) => setObject(currentTarget.value)}
      />
      <Autocomplete
        label={words.relation}
        data={relationsOf(model, object.split(':', 1)[0])}
        value={relation}
        onChange={setRelation}
      />
      <TypeSelect label={words.userType} model={model} value={type} onChange={setType} />
      {ask.data !== undefined && <Found items={ask.data.users.map(nameOf)} complete={ask.data.complete !== false} />}
    </Question>
  );
}

function nameOf({ object, userset, wildcard }: User): string {
  if (userset !== undefined) return `${userset.type}:${userset.id}#${userset.relation}`;
  return wildcard === undefined ? `${object?.type}:${object?.id}` : `${wildcard.type}:*`;
}

interface QuestionProps {
  title: string;
  go: string;
  isWhole: boolean;
  ask: { mutate: () => void; isPending: boolean; error: Error | null };
  children: ReactNode;
}

function Question({ title, go, isWhole, ask, children }: QuestionProps) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isWhole) ask.mutate();
  };
  return (
    <Card title={title}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          {children}
          {ask.error !== null && <ProblemNote problem={ask.error} />}
          <Button type="submit" variant="light" disabled={!isWhole} loading={ask.isPending}>
            {go}
          </Button>
        </Stack>
      </form>
    </Card>
  );
}

interface TypeSelectProps {
  label: string;
  model: RelationModel | undefined;
  value: string;
  onChange: (type: string) => void;
}

function TypeSelect({ label, model, value, onChange }: TypeSelectProps) {
  const types = model?.type_definitions.map(({ type }) => type) ?? [];
  return <Select label={label} data={types} value={value || null} onChange={(type) => onChange(type ?? '')} />;
}

function Found({ items, complete }: { items: readonly string[]; complete: boolean }) {
  const words = useWords(relationWords);
  return (
    <div role="status">
      <Badge tone={complete ? 'good' : 'warn'}>{complete ? words.complete : words.incomplete}</Badge>
      {items.length === 0 && <Text size="sm">{words.none}</Text>}
      <ul className={classes.found}>
        {items.map((item) => (
          <li key={item}>
            <code>{item}</code>
          </li>
        ))}
      </ul>
    </div>
  );
}
