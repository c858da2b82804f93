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
import { heldOpen, Secret } from '../../parts/secret.tsx';
import { useAction } from '../../parts/use-action.ts';
import { appNameOf, tagOf } from './apps.ts';
import { useGrantable } from './grantable.ts';
import classes from './portal.module.css';
import { portalWords } from './words.ts';

interface GetKeyProps {
  opened: boolean;
  /** With the app that a key was got for. */
  onClose: (app?: string) => void;
  /** undefined: a new one, which its first key registers. */
  app: string | undefined;
}

/** A key for the app, shown this once, with the first call to make with it. */
export function GetKey({ opened, onClose, app }: GetKeyProps) {
  const words = useWords(portalWords);
  const [got, setGot] = useState<{ app: string; key: string }>();
  const close = () => {
    setGot(undefined);
    onClose(got?.app);
  };
  const title = app === undefined ? words.register : words.newKey;
  return (
    <Drawer
      opened={opened}
      onClose={close}
      position="right"
      size="md"
      title={got === undefined ? title : words.gotTitle}
      {...heldOpen(got !== undefined)}
    >
      {got === undefined ? (
        <Form app={app} onGot={setGot} />
      ) : (
        <Stack>
          <Secret text={got.key} note={words.once} label={words.gotTitle} />
          <Text size="sm" fw={600}>
            {words.firstCall}
          </Text>
          <Code
            block
            className={classes.wrapped ?? ''}
          >{`curl -H "Authorization: Bearer $KEY" https://api.example.com/…`}</Code>
          <Group justify="flex-end">
            <Button onClick={close}>{words.kept}</Button>
          </Group>
        </Stack>
      )}
    </Drawer>
  );
}

function Form({ app, onGot }: { app: string | undefined; onGot: (got: { app: string; key: string }) => void }) {
  const words = useWords(portalWords);
  const { scopes: offered } = useGrantable();
  const [appName, setAppName] = useState('');
  const [name, setName] = useState('');
  const wanted = app ?? appNameOf(appName);
  const [environment, setEnvironment] = useState<'test' | 'live'>('test');
  const [scopes, setScopes] = useState<string[]>([]);
  const get = useAction({
    run: async () => {
      const body = { name: name.trim() || appName.trim(), environment, scopes, tags: [tagOf(wanted)] };
      return (await api.post('/api/v1/keys', { body })).data;
    },
    onDone: ({ key }) => onGot({ app: wanted, key }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    get.mutate();
  };
  const common = { label: words.scopes, description: words.scopesHint, value: scopes, onChange: setScopes };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        {app === undefined ? (
          <>
            <Text size="sm">{words.registerLead}</Text>
            <TextInput
              label={words.name}
              placeholder={words.nameHint}
              value={appName}
              onChange={({ currentTarget }) => setAppName(currentTarget.value)}
              data-autofocus
            />
          </>
        ) : (
          <TextInput
            label={words.keyName}
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
            data-autofocus
          />
        )}
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
        {offered.length > 0 ? <MultiSelect {...common} data={offered} searchable /> : <TagsInput {...common} />}
        <Group justify="flex-end">
          <Button
            type="submit"
            disabled={wanted === '' || (app !== undefined && name.trim() === '')}
            loading={get.isPending}
          >
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
