import { Anchor, Button, Group, Loader, Modal, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/admin.ts';
import { useMe } from '../../api/whoami.ts';
import { cedar } from '../../code/cedar-language.ts';
import { CodeEditor } from '../../code/code-editor.tsx';
import { DiffView } from '../../code/diff-view.tsx';
import { useWords } from '../../language/own-words.ts';
import { Badge } from '../../parts/badge.tsx';
import { Card } from '../../parts/card.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { MoreMenu } from '../../parts/more-menu.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { UnreadPage } from '../../parts/unread-page.tsx';
import { useAction } from '../../parts/use-action.ts';
import classes from './policies.module.css';
import { schemaWords } from './schema-words.ts';
import { SCHEMA, type TriedSchema, useSchema } from './use-schema.ts';
import { policyWords } from './words.ts';

/** The schema of the policies: checked while it is written, with the policies that it would break. */
export function SchemaScreen() {
  const words = useWords(schemaWords);
  const policies = useWords(policyWords);
  const { mayInTenant } = useMe();
  const schema = useSchema();
  const [isAsked, ask] = useState(false);
  const language = useMemo(cedar, []);
  const { tried, text, stored, isChanged } = schema;
  const diagnostics = useMemo(
    () =>
      (tried?.problems ?? []).map(({ message, from = 0, to = from }) => ({
        severity: 'error' as const,
        message,
        from,
        to,
      })),
    [tried],
  );
  if (schema.error !== null) return <UnreadPage problem={schema.error} within={[policies.title, '/policies']} />;
  if (!schema.isRead) return <Loader size="sm" />;
  const mayWrite = mayInTenant('policy_schemas:write');
  const isSound = tried !== undefined && !schema.isTrying && tried.problems.length === 0 && broken(tried).length === 0;
  return (
    <>
      <PageHead
        title={words.title}
        lead={words.lead}
        within={[[policies.title, '/policies']]}
        aside={
          <>
            <Badge tone={stored === undefined ? 'quiet' : 'good'}>
              {stored === undefined ? words.none : words.inForce}
            </Badge>
            {stored !== undefined && isChanged && <Badge>{words.unsaved}</Badge>}
          </>
        }
        actions={
          mayWrite && (
            <>
              {stored !== undefined && <RemoveSchema onDone={schema.settle} />}
              <Button disabled={!isSound || !isChanged} onClick={() => ask(true)}>
                {words.save}
              </Button>
            </>
          )
        }
      />
      {!mayWrite && (
        <Text size="sm" c="dimmed" mb="md">
          {words.readOnly}
        </Text>
      )}
      <Card>
        <CodeEditor
          label={words.editor}
          value={text}
          onChange={schema.write}
          extensions={language}
          diagnostics={diagnostics}
          readOnly={!mayWrite}
          minHeight="22rem"
        />
        <Verdict tried={tried} />
      </Card>
      {tried !== undefined && tried.findings.length > 0 && (
        <Card
          title={broken(tried).length > 0 ? words.breaks(broken(tried).length) : words.warns(tried.findings.length)}
          lead={broken(tried).length > 0 ? words.breaksLead : undefined}
        >
          <ul className={classes.list}>
            {tried.findings.map(({ policy, message, severity, from = 0 }) => (
              <li key={`${policy} ${from} ${message}`} data-tone={severity === 'error' ? 'bad' : 'warn'}>
                <Anchor component={Link} to={`/policies/${policy}`} size="sm" underline="always">
                  {policy}
                </Anchor>{' '}
                {message}
              </li>
            ))}
          </ul>
        </Card>
      )}
      {isAsked && <PutInForce schema={schema} onClose={() => ask(false)} />}
    </>
  );
}

/** Policies with an error: what only draws a remark stays in force. */
function broken({ findings }: TriedSchema): string[] {
  return [...new Set(findings.filter(({ severity }) => severity === 'error').map(({ policy }) => policy))];
}

function Verdict({ tried }: { tried: TriedSchema | undefined }) {
  const words = useWords(schemaWords);
  if (tried === undefined) return <Text size="sm">{words.checking}</Text>;
  const { problems, checked, policies } = tried;
  const count = broken(tried).length;
  const tone = problems.length > 0 || count > 0 ? 'bad' : tried.findings.length > 0 ? 'warn' : 'good';
  const Picture = { bad: IconCircleX, warn: IconAlertTriangle, good: IconCircleCheck }[tone];
  return (
    <div className={classes.findings}>
      <Group gap={6} role="status" data-tone={tone} className={classes.summary ?? ''} wrap="nowrap">
        <Picture size={16} aria-hidden />
        <Text size="sm" component="span">
          {problems.length > 0
            ? words.unsound(problems.length)
            : count > 0
              ? words.breaks(count)
              : words.sound(checked)}
        </Text>
      </Group>
      {problems.length > 0 && (
        <ul className={classes.list}>
          {problems.map(({ message, from = 0 }) => (
            <li key={`${from} ${message}`} data-tone="bad">
              {message}
            </li>
          ))}
        </ul>
      )}
      {problems.length === 0 && checked < policies && (
        <Text size="xs" c="dimmed" mt={4}>
          {words.unchecked(checked, policies)}
        </Text>
      )}
    </div>
  );
}

function PutInForce({ schema, onClose }: { schema: ReturnType<typeof useSchema>; onClose: () => void }) {
  const words = useWords(schemaWords);
  const { t } = useTranslation();
  const queries = useQueryClient();
  const language = useMemo(cedar, []);
  const { stored, etag, text } = schema;
  const description = stored?.spec.description;
  const put = useAction({
    run: () =>
      api.put('/api/v1/policy_schemas/{name}', {
        params: SCHEMA,
        body: { spec: { cedar: text, ...(description === undefined ? {} : { description }) } },
        ...(etag === undefined ? { ifNoneMatch: '*' as const } : { ifMatch: etag }),
      }),
    done: () => words.saved,
    onDone: async () => {
      await queries.refetchQueries({ queryKey: ['/api/v1/policy_schemas/{name}'] });
      schema.settle();
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} size="xl" title={words.saveTitle}>
      <Stack>
        <Text size="sm">{words.saveText}</Text>
        <DiffView
          label={words.whatChanges}
          before={stored?.spec.cedar ?? ''}
          after={text}
          language={language}
          unified
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button loading={put.isPending} onClick={() => put.mutate()} data-autofocus>
            {words.saveNow}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function RemoveSchema({ onDone }: { onDone: () => void }) {
  const words = useWords(schemaWords);
  const [isAsked, ask] = useState(false);
  const remove = useAction({
    run: () => api.delete('/api/v1/policy_schemas/{name}', { params: SCHEMA, ifMatch: '*' }),
    done: () => words.removed,
    onDone: () => {
      ask(false);
      onDone();
    },
  });
  return (
    <>
      <MoreMenu actions={[{ label: words.remove, icon: IconTrash, onClick: () => ask(true), harmful: true }]} />
      <Confirm
        opened={isAsked}
        onClose={() => ask(false)}
        title={words.removeTitle}
        action={words.remove}
        busy={remove.isPending}
        onConfirm={() => remove.mutate()}
      >
        {words.removeText}
      </Confirm>
    </>
  );
}
