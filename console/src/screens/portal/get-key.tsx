import {
  Button,
  Code,
  Drawer,
  Group,
  MultiSelect,
  SegmentedControl,
  Stack,
  TagsInput,
  Text,
  TextInput,
} from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { api } from '../../api/admin.ts';
import { useWords } from '../../language/own-words.ts';
import { Secret } from '../../parts/secret.tsx';
import { useAction } from '../../parts/use-action.ts';
import { useGrantable } from './grantable.ts';
import { portalWords } from './words.ts';

interface GetKeyProps {
  opened: boolean;
  onClose: () => void;
  /** The service account that the key is for. */
  app: string;
}

/** A key for the app, shown this once, with the first call to make with it. */
export function GetKey({ opened, onClose, app }: GetKeyProps) {
  const words = useWords(portalWords);
  const [key, setKey] = useState<string>();
  const close = () => {
    setKey(undefined);
    onClose();
  };
  return (
    <Drawer
      opened={opened}
      onClose={close}
      position="right"
      size="md"
      title={key === undefined ? words.newKey : words.gotTitle}
      // What can be seen once is not lost by a click beside it.
      closeOnClickOutside={key === undefined}
    >
      {key === undefined ? (
        <Form app={app} onGot={setKey} />
      ) : (
        <Stack>
          <Secret text={key} note={words.once} label={words.gotTitle} />
          <Text size="sm" fw={600}>
            {words.firstCall}
          </Text>
          <Code block>{`curl -H "Authorization: Bearer $KEY" https://api.example.com/…`}</Code>
          <Group justify="flex-end">
            <Button onClick={close}>{words.kept}</Button>
          </Group>
        </Stack>
      )}
    </Drawer>
  );
}

function Form({ app, onGot }: { app: string; onGot: (key: string) => void }) {
  const words = useWords(portalWords);
  const { scopes: offered } = useGrantable();
  const [name, setName] = useState('');
  const [environment, setEnvironment] = useState<'test' | 'live'>('test');
  const [scopes, setScopes] = useState<string[]>([]);
  const get = useAction({
    run: async () => {
      const owner = { type: 'service_account' as const, id: app };
      const body = { name: name.trim(), environment, scopes, owner };
      return (await api.post('/api/v1/keys', { body })).data;
    },
    onDone: ({ key }) => onGot(key),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    get.mutate();
  };
  const common = { label: words.scopes, description: words.scopesHint, value: scopes, onChange: setScopes };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TextInput
          label={words.keyName}
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
          data-autofocus
        />
        <div>
          <Text size="sm" fw={500} mb={4}>
            {words.environment}
          </Text>
          <SegmentedControl
            fullWidth
            aria-label={words.environment}
            value={environment}
            onChange={(value) => setEnvironment(value === 'live' ? 'live' : 'test')}
            data={[
              { value: 'test', label: words.test },
              { value: 'live', label: words.live },
            ]}
          />
        </div>
        {offered.length > 0 ? <MultiSelect {...common} data={offered} /> : <TagsInput {...common} />}
        <Group justify="flex-end">
          <Button type="submit" disabled={name.trim() === ''} loading={get.isPending}>
            {words.get}
          </Button>
        </Group>
        <Text size="xs" c="dimmed">
          {words.keysLead}
        </Text>
      </Stack>
    </form>
  );
}
