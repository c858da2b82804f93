import { Button, Drawer, Group, MultiSelect, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type AdminError, api } from '../../api/admin.ts';
import { isMeant } from '../../events/event-choice.tsx';
import { EventName, eventWords } from '../../events/event-name.tsx';
import { describeEvent } from '../../events/event-words.ts';
import { errorsOf } from '../../forms/errors-of.ts';
import { useWords } from '../../language/own-words.ts';
import { heldOpen, Secret } from '../../parts/secret.tsx';
import { useAction } from '../../parts/use-action.ts';
import { useEvents } from './use-events.ts';
import { webhookWords } from './words.ts';

interface NewWebhookProps {
  opened: boolean;
  /** With the name of the one that was made. */
  onClose: (name?: string) => void;
  /** Of which app, and the tag of its keys. */
  app?: { name: string; tag: string };
}

/** Declares a webhook and issues its secret, which is shown this once. */
export function NewWebhook({ opened, onClose, app }: NewWebhookProps) {
  const words = useWords(webhookWords);
  const [made, setMade] = useState<{ name: string; secret: string }>();
  const close = () => {
    setMade(undefined);
    onClose(made?.name);
  };
  return (
    <Drawer
      opened={opened}
      onClose={close}
      position="right"
      size="md"
      title={made === undefined ? words.add : words.secretTitle}
      {...heldOpen(made !== undefined)}
    >
      {made === undefined ? (
        <Fields app={app} onMade={setMade} />
      ) : (
        <Stack>
          <Secret text={made.secret} note={words.once} label={words.secretTitle} />
          <Group justify="flex-end">
            <Button onClick={close}>{words.kept}</Button>
          </Group>
        </Stack>
      )}
    </Drawer>
  );
}

interface FieldsProps {
  app: NewWebhookProps['app'];
  onMade: (made: { name: string; secret: string }) => void;
}

function Fields({ app, onMade }: FieldsProps) {
  const { t } = useTranslation();
  const words = useWords(webhookWords);
  const spoken = useWords(eventWords);
  const { offered, organization } = useEvents();
  const prefix = organization === undefined ? '' : `${organization}--`;
  const form = useForm({
    initialValues: {
      name: app?.name ?? '',
      url: '',
      events: app === undefined ? [] : ['api_key.*', 'quota.*'],
      contactEmail: '',
    },
  });
  const add = useAction({
    run: async ({ name, url, events, contactEmail }: typeof form.values) => {
      const params = { name: prefix + name.trim() };
      const spec = {
        url: url.trim(),
        events,
        ...(organization === undefined ? {} : { organization }),
        ...(app === undefined ? {} : { keyTags: [app.tag] }),
        ...(contactEmail.trim() === '' ? {} : { contactEmail: contactEmail.trim() }),
      };
      await api.put('/api/v1/webhooks/{name}', { params, body: { spec }, ifNoneMatch: '*' });
      const { data } = await api.post('/api/v1/webhooks/{name}/secrets', { params, body: {} });
      return { ...params, secret: data.secret };
    },
    onDone: onMade,
    onRefused: ({ fields, message }: AdminError) =>
      form.setErrors(
        errorsOf(
          fields.map((field) => ({ ...field, path: field.path.replace(/^spec\./, '') })),
          message,
        ),
      ),
  });
  return (
    <form onSubmit={form.onSubmit((values) => add.mutate(values))}>
      <Stack gap="md">
        {app !== undefined && <Text size="sm">{words.forApp(app.name)}</Text>}
        <TextInput
          label={t('common.name')}
          description={words.nameHint}
          required
          {...(prefix === ''
            ? {}
            : { leftSection: <Text size="sm">{prefix}</Text>, leftSectionWidth: `${prefix.length + 1}ch` })}
          data-autofocus
          {...form.getInputProps('name')}
        />
        <TextInput label={words.url} description={words.urlHint} required type="url" {...form.getInputProps('url')} />
        <MultiSelect
          label={words.events}
          description={words.eventsHint}
          required
          searchable
          data={offered}
          limit={100}
          renderOption={({ option }) => <EventName type={option.value} />}
          filter={({ options, search }) =>
            options.filter(
              (option) =>
                'value' in option && isMeant({ ...option, label: describeEvent(spoken, option.value) ?? '' }, search),
            )
          }
          {...form.getInputProps('events')}
        />
        <TextInput
          label={words.contact}
          description={words.contactHint}
          type="email"
          {...form.getInputProps('contactEmail')}
        />
        {form.errors.form !== undefined && (
          <Text c="var(--bad)" size="sm" role="alert">
            {form.errors.form}
          </Text>
        )}
        <Group justify="flex-end">
          <Button type="submit" loading={add.isPending} disabled={form.values.events.length === 0}>
            {words.create}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
