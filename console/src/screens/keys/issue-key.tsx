import type { AnswerOf, BodyOf } from '@gatehouse/sdk/admin';
import {
  Alert,
  Button,
  Drawer,
  Group,
  MultiSelect,
  SegmentedControl,
  Select,
  Stack,
  TagsInput,
  Text,
  TextInput,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/admin.ts';
import { useMe } from '../../api/whoami.ts';
import { useFirstError } from '../../forms/use-first-error.ts';
import { CopyText, heldOpen, Secret } from '../../parts/secret.tsx';
import { useAction } from '../../parts/use-action.ts';
import { gatewayUrl } from '../../session/page-facts.ts';
import { dayOf, EXPIRIES, type Expiry, expirySeconds, secondsUntil } from './expiry.ts';
import classes from './issue-key.module.css';
import { keyErrorsOf } from './key-errors.ts';
import { OwnerField } from './owner-field.tsx';
import type { Owner } from './owner-of-key.ts';
import { PlaceFields, restrictionsOf } from './place-fields.tsx';
import { useKeyChoices } from './use-key-choices.ts';

type NewKey = BodyOf<'post', '/api/v1/keys'>;

const EMPTY = {
  name: '',
  environment: 'live' as 'live' | 'test',
  scopes: [] as string[],
  roles: [] as string[],
  plan: null as string | null,
  owner: null as Owner | null,
  expires: '90' as Expiry | 'day',
  day: '',
  description: '',
  tags: [] as string[],
  contactEmail: '',
  organization: null as string | null,
  addresses: [] as string[],
  apis: [] as string[],
  routes: [] as string[],
};

/** What is folded away: most keys need none of it. */
const MORE = ['contactEmail', 'organization', 'addresses', 'apis', 'routes'];

/** In whose name the key acts; one's own unless said otherwise. */
type Whose = { owner?: NonNullable<NewKey['owner']>; organization?: string | undefined };

type IssuedKey = Pick<AnswerOf<'post', '/api/v1/keys'>, 'id' | 'key' | 'warnings'>;

/** Issues a key, and shows it the one time that it can be seen. */
export function IssueKey({ opened, onClose, ...whose }: Whose & { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const [issued, setIssued] = useState<IssuedKey>();
  const close = () => {
    setIssued(undefined);
    onClose();
  };
  return (
    <Drawer
      opened={opened}
      onClose={close}
      position="right"
      size="md"
      title={t(issued === undefined ? 'keys.issue.title' : 'keys.issue.doneTitle')}
      {...heldOpen(issued !== undefined)}
    >
      {issued === undefined ? (
        <Form whose={whose} onIssued={setIssued} onCancel={close} />
      ) : (
        <Stack>
          <Secret text={issued.key} note={t('keys.issue.once')} label={t('keys.key')} />
          {issued.warnings.map(({ path, message }) => (
            <Alert key={path} color="yellow" variant="light" radius="md">
              {message}
            </Alert>
          ))}
          <Text size="sm" c="dimmed">
            {t('keys.issue.howTo')}
          </Text>
          {/* Not with the key in it, which would stay in the shell's history. */}
          <CopyText
            text={`curl -H "X-API-Key: $KEY" ${gatewayUrl || 'https://api.example.com'}/…`}
            label={t('keys.issue.howTo')}
          />
          <Group justify="flex-end">
            <Button variant="default" component={Link} to={`/keys/${issued.id}`}>
              {t('common.details')}
            </Button>
            <Button onClick={close}>{t('keys.issue.kept')}</Button>
          </Group>
        </Stack>
      )}
    </Drawer>
  );
}

function Form({ whose, ...props }: { whose: Whose; onIssued: (key: IssuedKey) => void; onCancel: () => void }) {
  const { t } = useTranslation();
  const form = useForm({ initialValues: EMPTY });
  const leadToFirstError = useFirstError();
  const [isUnfolded, unfold] = useState(false);
  const me = useMe();
  const choices = useKeyChoices();
  const mayChooseOrganization =
    whose.owner === undefined && whose.organization === undefined && choices.organizations.length > 0;
  const issue = useAction({
    run: async (body: NewKey) => (await api.post('/api/v1/keys', { body })).data,
    onDone: props.onIssued,
    onRefused: (error) => {
      const errors = keyErrorsOf(error, form.getValues());
      form.setErrors(errors);
      // It stays open while what was refused is mended.
      if (MORE.some((name) => name in errors)) unfold(true);
      leadToFirstError();
    },
  });
  const submit = form.onSubmit((values) => {
    const { name, environment, scopes, roles, tags, expires, plan, description, contactEmail } = values;
    const expiresInSeconds = expires === 'day' ? secondsUntil(values.day) : expirySeconds(expires);
    const { owner = values.owner ?? undefined } = whose;
    // The keys of an account are of its organization. Whoever is confined to one has no say in it.
    const ofAccount = me.organizationId === undefined ? values.owner?.organization : undefined;
    const organization = whose.organization ?? values.organization ?? ofAccount;
    issue.mutate({
      name,
      environment,
      scopes,
      roles,
      tags,
      restrictions: restrictionsOf(values),
      ...(owner === undefined ? {} : { owner: { type: owner.type, id: owner.id } }),
      ...(organization === undefined ? {} : { organization }),
      ...(contactEmail === '' ? {} : { contactEmail }),
      ...(plan === null ? {} : { plan }),
      ...(description === '' ? {} : { description }),
      ...(expiresInSeconds === undefined ? {} : { expiresInSeconds }),
    });
  });
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={t('common.name')}
          description={t('keys.issue.nameHint')}
          required
          data-autofocus
          {...form.getInputProps('name')}
        />
        <SegmentedControl
          aria-label={t('keys.environment')}
          data={[
            { value: 'live', label: t('keys.live') },
            { value: 'test', label: t('keys.test') },
          ]}
          {...form.getInputProps('environment')}
        />
        <TagsInput
          label={t('keys.scopes')}
          description={t('keys.issue.scopesHint')}
          data={choices.scopes}
          {...form.getInputProps('scopes')}
        />
        {choices.roles.length > 0 && (
          <MultiSelect
            label={t('keys.roles')}
            description={t('keys.issue.rolesHint')}
            data={choices.roles}
            searchable
            {...form.getInputProps('roles')}
          />
        )}
        {choices.plans.length > 0 && (
          <Select
            label={t('keys.plan')}
            description={t('keys.issue.planHint')}
            data={choices.plans}
            clearable
            {...form.getInputProps('plan')}
          />
        )}
        {whose.owner === undefined && (
          <OwnerField
            owner={form.getValues().owner}
            onChange={(owner) => form.setFieldValue('owner', owner)}
            error={typeof form.errors.owner === 'string' ? form.errors.owner : undefined}
          />
        )}
        <Select
          label={t('common.expires')}
          data={[...EXPIRIES, 'day' as const].map((value) => ({ value, label: t(`keys.expiries.${value}`) }))}
          allowDeselect={false}
          {...form.getInputProps('expires')}
        />
        {form.getValues().expires === 'day' && (
          <TextInput
            type="date"
            label={t('keys.issue.lastDay')}
            required
            min={dayOf(Date.now())}
            {...form.getInputProps('day')}
          />
        )}
        <TextInput label={t('common.description')} {...form.getInputProps('description')} />
        <TagsInput label={t('keys.tags')} {...form.getInputProps('tags')} />
        <details
          className={classes.more}
          open={isUnfolded}
          onToggle={({ currentTarget }) => unfold(currentTarget.open)}
        >
          <summary>{t('keys.issue.more')}</summary>
          <Stack mt="md">
            <TextInput
              label={t('keys.contact')}
              description={t('keys.issue.contactHint')}
              type="email"
              {...form.getInputProps('contactEmail')}
            />
            {mayChooseOrganization && (
              <Select
                label={t('keys.issue.organization')}
                description={t('keys.issue.organizationHint')}
                data={choices.organizations}
                searchable
                clearable
                {...form.getInputProps('organization')}
              />
            )}
            <PlaceFields inputProps={form.getInputProps} choices={choices} />
          </Stack>
        </details>
        {form.errors.form !== undefined && (
          <Text c="var(--bad)" size="sm" role="alert">
            {form.errors.form}
          </Text>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={props.onCancel}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={issue.isPending}>
            {t('keys.issue.open')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
