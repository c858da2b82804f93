import { Anchor, Button, Group, Loader, Modal, Text, TextInput } from '@mantine/core';
import { IconPlus, IconTopologyStar3 } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useMe } from '../../api/whoami.ts';
import { useWords } from '../../language/own-words.ts';
import { Blank } from '../../parts/blank.tsx';
import { Card } from '../../parts/card.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { Time } from '../../parts/time.tsx';
import { useAction } from '../../parts/use-action.ts';
import { openfga, type RelationStore, useStores } from './openfga.ts';
import classes from './relationships.module.css';
import { relationWords } from './words.ts';

export function StoresScreen() {
  const words = useWords(relationWords);
  const me = useMe();
  const [isNew, beginNew] = useState(false);
  const { data, error, isPending } = useStores();
  const stores = data?.stores ?? [];
  const create = me.mayInTenant('relations:manage') && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => beginNew(true)}>
      {words.newStore}
    </Button>
  );
  return (
    <>
      <PageHead title={words.title} lead={words.lead} actions={create} />
      <Card flush>
        {error !== null && <ProblemNote problem={error} />}
        {isPending && <Loader size="sm" m="lg" />}
        {data !== undefined && stores.length === 0 && (
          <Blank title={words.emptyTitle} icon={IconTopologyStar3} actions={create}>
            {words.emptyText}
          </Blank>
        )}
        <ul className={classes.stores}>
          {stores.map(({ id, name, created_at }) => (
            <li key={id} className={classes.store}>
              <Anchor component={Link} to={`/relationships/${id}`} fw={600}>
                {name}
              </Anchor>
              <Text size="xs" c="dimmed" component="span">
                <span className="mono">{id}</span> · {words.made} <Time at={Date.parse(created_at)} />
              </Text>
            </li>
          ))}
        </ul>
      </Card>
      <Modal opened={isNew} onClose={() => beginNew(false)} title={words.newStore}>
        <NewStore />
      </Modal>
    </>
  );
}

function NewStore() {
  const words = useWords(relationWords);
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const create = useAction({
    run: () => openfga<RelationStore>('post', '/stores', { name: name.trim() }),
    done: () => words.created(name.trim()),
    onDone: ({ id }) => void navigate({ to: `/relationships/${id}` }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <form onSubmit={submit}>
      <TextInput
        label={words.storeName}
        description={words.storeNameHint}
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
        data-autofocus
      />
      <Group justify="flex-end" mt="lg">
        <Button type="submit" disabled={name.trim().length < 3} loading={create.isPending}>
          {words.create}
        </Button>
      </Group>
    </form>
  );
}
