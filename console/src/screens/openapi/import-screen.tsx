import { Alert, Button, Code, Group, List, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRead } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { useWords } from '../../language/own-words.ts';
import { Card } from '../../parts/card.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { useFilters } from '../../parts/use-filters.ts';
import { DocumentField } from './document-field.tsx';
import { ImportDone } from './import-done.tsx';
import { ImportPreview } from './import-preview.tsx';
import { type Target, TargetFields } from './target-fields.tsx';
import { useImport } from './use-import.ts';
import { openApiWords } from './words.ts';

const PROBLEMS_SHOWN_MAX = 20;

/** A document, what becomes of it, and only then the change. */
export function ImportScreen() {
  const words = useWords(openApiWords);
  const { t } = useTranslation();
  const { mayInTenant } = useMe();
  const [text, setText] = useState('');
  const [target, setTarget] = useState<Target>({ api: useFilters().get('api'), upstream: '', validate: 'enforce' });
  const [done, setDone] = useState<number>();
  const apis = useRead('/api/v1/apis', { query: { limit: 500 }, enabled: mayInTenant('apis:read') });
  const { plan, problems, refused, isLooking, look, back } = useImport();
  const known = apis.data?.items.find(({ name }) => name === target.api);
  const isNew = target.api !== '' && apis.data !== undefined && known === undefined;
  const isReady = [text, target.api, target.upstream, ...(isNew ? [target.audience ?? ''] : [])].every(
    (it) => it !== '',
  );
  const preview = () => {
    const { audience, prefix, ...rest } = target;
    const given = { ...(isNew ? { audience } : {}), ...(prefix ? { prefix } : {}) };
    void look({ ...rest, ...given, text }, known);
  };
  const errors = Object.fromEntries(refused?.fields.map(({ path, message }) => [path, message]) ?? []);
  const elsewhere = refused?.fields.filter(({ path }) => !(path in target) || path === 'text') ?? [];
  const shown = problems.length > 0 ? problems : elsewhere;
  const head = <PageHead title={words.title} lead={words.lead} within={[[t('shell.pages.apis'), '/apis']]} />;

  if (done !== undefined) {
    const again = () => {
      setDone(undefined);
      setText('');
      back();
    };
    return <ImportDone api={target.api} changed={done} onAgain={again} />;
  }
  if (plan !== undefined) {
    return (
      <>
        {head}
        <ImportPreview plan={plan} onBack={back} onDone={setDone} />
      </>
    );
  }
  return (
    <>
      {head}
      <DocumentField value={text} onChange={setText} />
      <Card title={words.where}>
        <TargetFields
          target={target}
          apis={apis.data?.items.map(({ name }) => name) ?? []}
          isNew={isNew}
          errors={errors}
          onChange={setTarget}
        />
        {(shown.length > 0 || refused !== undefined) && (
          <Alert
            mt="md"
            color="red"
            variant="light"
            radius="md"
            role="alert"
            icon={<IconAlertTriangle aria-hidden />}
            title={problems.length > 0 ? words.problems(problems.length) : undefined}
          >
            <Text size="sm">{problems.length > 0 ? words.problemsText : refused?.message}</Text>
            <List size="sm" mt={6}>
              {shown.slice(0, PROBLEMS_SHOWN_MAX).map(({ path, message }) => (
                <List.Item key={`${path} ${message}`}>
                  {path !== '' && <Code>{path}</Code>} {message}
                </List.Item>
              ))}
            </List>
            {shown.length > PROBLEMS_SHOWN_MAX && (
              <Text size="sm">{words.more(shown.length - PROBLEMS_SHOWN_MAX)}</Text>
            )}
          </Alert>
        )}
        <Group mt="lg">
          <Button onClick={preview} loading={isLooking} disabled={!isReady}>
            {words.preview}
          </Button>
        </Group>
      </Card>
    </>
  );
}
