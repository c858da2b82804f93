import { Anchor, Button, Group, Loader, Modal, Text, Textarea, TextInput } from '@mantine/core';
import { IconPlugConnected, IconPlus } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { api } from '../../api/admin.ts';
import { useList } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { useWords } from '../../language/own-words.ts';
import { Badge } from '../../parts/badge.tsx';
import { Blank } from '../../parts/blank.tsx';
import { Card } from '../../parts/card.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { Time } from '../../parts/time.tsx';
import { useAction } from '../../parts/use-action.ts';
import { useGrantable } from './grantable.ts';
import classes from './portal.module.css';
import { Reference } from './reference.tsx';
import { portalWords } from './words.ts';

/** The apps of the organization that the person acts in. */
export function PortalScreen() {
  const words = useWords(portalWords);
  const me = useMe();
  const [isNew, beginNew] = useState(false);
  const list = useList('/api/v1/service-accounts');
  const apps = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const register = me.may('service_accounts:write') && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => beginNew(true)}>
      {words.register}
    </Button>
  );
  return (
    <>
      <PageHead title={words.title} lead={words.lead} actions={register} />
      {list.error !== null && <ProblemNote problem={list.error} />}
      {list.isPending && <Loader size="sm" />}
      {list.data !== undefined && apps.length === 0 && (
        <Card>
          <Blank title={words.emptyTitle} icon={IconPlugConnected} actions={register}>
            {words.emptyText}
          </Blank>
        </Card>
      )}
      <ul className={classes.apps} aria-label={words.apps}>
        {apps.map(({ id, name, description, status, createdAt }) => (
          <li key={id} className={classes.app}>
            <Group justify="space-between" wrap="nowrap" align="flex-start">
              <Anchor component={Link} to={`/portal/${id}`} fw={600} className={classes.appName ?? ''}>
                {name}
              </Anchor>
              <Badge tone={status === 'active' ? 'good' : 'quiet'}>
                {status === 'active' ? words.active : words.disabled}
              </Badge>
            </Group>
            <Text size="sm" c="dimmed" mt={4}>
              {description === '' ? '—' : description}
            </Text>
            <Text size="xs" c="dimmed" mt="auto">
              {words.created} <Time at={createdAt} />
            </Text>
          </li>
        ))}
      </ul>
      <Reference />
      <Modal opened={isNew} onClose={() => beginNew(false)} title={words.register}>
        <Register />
      </Modal>
    </>
  );
}

function Register() {
  const words = useWords(portalWords);
  const navigate = useNavigate();
  const { roles } = useGrantable();
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const register = useAction({
    run: async () => {
      const about = description.trim() === '' ? {} : { description: description.trim() };
      // Its keys can do no more than these; each key says what it does of it.
      const body = { name: name.trim(), roles, ...about };
      return (await api.post('/api/v1/service-accounts', { body })).data;
    },
    done: () => words.registered(name.trim()),
    onDone: ({ id }) => void navigate({ to: `/portal/${id}` }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    register.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Text size="sm" mb="md">
        {words.registerLead}
      </Text>
      <TextInput
        label={words.name}
        placeholder={words.nameHint}
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
        data-autofocus
      />
      <Textarea
        mt="sm"
        label={words.about}
        autosize
        minRows={2}
        value={description}
        onChange={({ currentTarget }) => setDescription(currentTarget.value)}
      />
      <Group justify="flex-end" mt="lg">
        <Button type="submit" disabled={name.trim() === ''} loading={register.isPending}>
          {words.register}
        </Button>
      </Group>
    </form>
  );
}
