import { ActionIcon, Alert, Button, Code, Group, Loader, Modal, Stack, Text, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useMe } from '../../api/whoami.ts';
import { useWords } from '../../language/own-words.ts';
import { Blank } from '../../parts/blank.tsx';
import { Card } from '../../parts/card.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { Time } from '../../parts/time.tsx';
import { useAction } from '../../parts/use-action.ts';
import { type Filters, useFilters } from '../../parts/use-filters.ts';
import { openfga, type RelationModel, type StoredTuple, type TupleKey, textOf } from './openfga.ts';
import classes from './relationships.module.css';
import { TupleFields } from './tuple-fields.tsx';
import { relationWords } from './words.ts';

interface PanelProps {
  store: string;
  model: RelationModel | undefined;
}

const PAGE_SIZE = 50;

/** The tuples as they are stored: found by object, user or relation; written and deleted. */
export function TuplesPanel({ store, model }: PanelProps) {
  const words = useWords(relationWords);
  const me = useMe();
  const filters = useFilters();
  const key = filterOf(filters);
  const isBad = key !== undefined && !(key.object ?? '').includes(':');
  const tuples = useInfiniteQuery({
    queryKey: ['openfga', store, 'tuples', key],
    enabled: !isBad,
    queryFn: ({ pageParam }) =>
      openfga<{ tuples: StoredTuple[]; continuation_token: string }>('post', `/stores/${store}/read`, {
        ...(key === undefined ? {} : { tuple_key: key }),
        page_size: PAGE_SIZE,
        ...(pageParam === '' ? {} : { continuation_token: pageParam }),
      }),
    initialPageParam: '',
    getNextPageParam: (page) => (page.continuation_token === '' ? undefined : page.continuation_token),
  });
  const found = tuples.data?.pages.flatMap((page) => page.tuples) ?? [];
  // A link may bring what is to be written.
  const asked = filters.get('write') !== '';
  const mayWrite = me.mayInTenant('relations:write') && model !== undefined;
  return (
    <Card
      flush
      title={words.tuples}
      lead={words.tuplesLead}
      actions={
        mayWrite && (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => filters.set({ write: ' ' })}>
            {words.add}
          </Button>
        )
      }
    >
      <FilterForm filters={filters} />
      {isBad && (
        <Alert color="yellow" variant="light" mx="lg" my="sm">
          {words.badFilter}
        </Alert>
      )}
      {tuples.error !== null && <ProblemNote problem={tuples.error} />}
      {tuples.isFetching && found.length === 0 && <Loader size="sm" m="lg" />}
      {tuples.data !== undefined && found.length === 0 && <Blank title={words.noTuples}>{words.noTuplesText}</Blank>}
      <ul className={classes.tuples}>
        {found.map((tuple) => (
          <Tuple key={textOf(tuple.key)} store={store} tuple={tuple} mayWrite={mayWrite} />
        ))}
      </ul>
      {tuples.hasNextPage && (
        <Button variant="default" m="lg" onClick={() => void tuples.fetchNextPage()}>
          {words.more}
        </Button>
      )}
      <Modal opened={asked && mayWrite} onClose={() => filters.set({ write: undefined })} title={words.addTitle}>
        <NewTuple
          store={store}
          model={model}
          text={filters.get('write')}
          onDone={() => filters.set({ write: undefined })}
        />
      </Modal>
    </Card>
  );
}

function filterOf(filters: Filters): Partial<TupleKey> | undefined {
  const given = (['object', 'user', 'relation'] as const)
    .map((name) => [name, filters.get(name).trim()] as const)
    .filter(([, value]) => value !== '');
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

function FilterForm({ filters }: { filters: Filters }) {
  const words = useWords(relationWords);
  const [draft, setDraft] = useState({
    object: filters.get('object'),
    user: filters.get('user'),
    relation: filters.get('relation'),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    filters.set(draft);
  };
  const field = (name: keyof typeof draft, label: string, hint: string) => (
    <TextInput
      className={classes.field ?? ''}
      label={label}
      placeholder={hint}
      value={draft[name]}
      spellCheck={false}
      onChange={({ currentTarget }) => setDraft((before) => ({ ...before, [name]: currentTarget.value }))}
    />
  );
  return (
    <form onSubmit={submit} className={classes.filters}>
      {field('object', words.object, 'document:roadmap')}
      {field('relation', words.relation, 'viewer')}
      {field('user', words.user, 'user:ann')}
      <Button type="submit" variant="default">
        {words.find}
      </Button>
    </form>
  );
}

function Tuple({ store, tuple, mayWrite }: { store: string; tuple: StoredTuple; mayWrite: boolean }) {
  const words = useWords(relationWords);
  const { user, relation, object, condition } = tuple.key;
  const keys = { tuple_keys: [{ user, relation, object }] };
  const remove = useAction({
    run: () => openfga('post', `/stores/${store}/write`, { deletes: keys }),
    done: () => words.removed(textOf(tuple.key)),
    undo: () => openfga('post', `/stores/${store}/write`, { writes: { tuple_keys: [tuple.key] } }),
  });
  return (
    <li className={classes.tuple}>
      <span className={classes.parts}>
        <Code>{user}</Code>
        <Text size="sm" component="span" fw={600}>
          {relation}
        </Text>
        <Code>{object}</Code>
        {condition != null && (
          <Text size="xs" c="dimmed" component="span">
            {words.condition}: {condition.name}
          </Text>
        )}
      </span>
      <Text size="xs" c="dimmed" component="span">
        <Time at={Date.parse(tuple.timestamp)} />
      </Text>
      {mayWrite && (
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={words.removeLabel(textOf(tuple.key))}
          loading={remove.isPending}
          onClick={() => remove.mutate()}
        >
          <IconTrash size={16} />
        </ActionIcon>
      )}
    </li>
  );
}

function NewTuple({ store, model, text, onDone }: PanelProps & { text: string; onDone: () => void }) {
  const words = useWords(relationWords);
  const [user = '', relation = '', object = ''] = text.trim().split(' ');
  const [tuple, setTuple] = useState<TupleKey>({ user, relation, object });
  const write = useAction({
    run: () => openfga('post', `/stores/${store}/write`, { writes: { tuple_keys: [tuple] } }),
    done: () => words.added(textOf(tuple)),
    onDone,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    write.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TupleFields model={model} tuple={tuple} onChange={setTuple} />
        <Group justify="flex-end">
          <Button
            type="submit"
            disabled={[tuple.user, tuple.relation, tuple.object].includes('')}
            loading={write.isPending}
          >
            {words.add}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
