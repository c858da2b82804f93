import { Button, Loader, Text } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useRead } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { count } from '../../language/format.ts';
import { useWords } from '../../language/own-words.ts';
import { Card } from '../../parts/card.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { PlainTable } from '../../parts/plain-table.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { Time } from '../../parts/time.tsx';
import { openApiWords } from './words.ts';

/** Where the description of an API and its traffic differ. */
export function DriftScreen() {
  const words = useWords(openApiWords);
  const { t } = useTranslation();
  const { may, mayInTenant } = useMe();
  const { name = '' } = useParams({ strict: false }) as { name?: string };
  const { data, error, refetch } = useRead('/api/v1/apis/{name}/drift', { params: { name } });
  const head = (
    <PageHead
      title={words.driftTitle(name)}
      lead={words.driftLead}
      within={[
        [t('shell.pages.apis'), '/apis'],
        [name, `/apis/${name}`],
      ]}
      actions={
        ['api_documents', 'routes', 'resources'].every((kind) => mayInTenant(`${kind}:write`)) && (
          <Button component={Link} to="/openapi" search={{ api: name } as never} variant="default">
            {words.importAgain}
          </Button>
        )
      }
      aside={
        data !== undefined && (
          <Text size="sm" c="dimmed">
            {data.lastSeen === null ? (
              words.neverSeen
            ) : (
              <>
                {words.lastSeen} <Time at={data.lastSeen} />
              </>
            )}
          </Text>
        )
      }
    />
  );
  if (error !== null) {
    return (
      <>
        {head}
        <ProblemNote problem={error} onRetry={() => void refetch()} />
      </>
    );
  }
  if (data === undefined) return <Loader size="sm" />;
  const operation = (text: string) => <code>{text}</code>;
  const calls = (text: string) =>
    may('access_records:read') && (
      <Link to="/requests" search={callsOf(text) as never} aria-label={`${words.seeCalls}: ${text}`}>
        {words.seeCalls}
      </Link>
    );
  return (
    <>
      {head}
      <Difference
        title={words.undocumented}
        lead={words.undocumentedHint}
        none={words.undocumentedNone}
        titles={[words.operation, words.what, words.name, words.count, words.lastSeen, words.calls]}
        rows={data.undocumented.map((it) => ({
          key: `${it.what} ${it.operation} ${it.name}`,
          cells: [
            operation(it.operation),
            words.whats[it.what],
            it.name,
            count(it.count),
            <Time key="at" at={it.lastSeen} />,
            calls(it.operation),
          ],
        }))}
      />
      <Difference
        title={words.violations}
        lead={words.violationsHint}
        none={words.violationsNone}
        titles={[words.operation, words.count, words.lastSeen, words.calls]}
        rows={data.violations.map((it) => ({
          key: it.operation,
          cells: [operation(it.operation), count(it.count), <Time key="at" at={it.lastSeen} />, calls(it.operation)],
        }))}
      />
      <Difference
        title={words.unseen}
        lead={words.unseenHint}
        none={words.unseenNone}
        titles={[words.operation, words.what, words.name]}
        rows={data.unseen.map((it) => ({
          key: `${it.what} ${it.operation} ${it.name}`,
          cells: [operation(it.operation), words.whats[it.what], it.name],
        }))}
      />
    </>
  );
}

/** `GET /pets/{petId}`: the calls that look like it, as the list of calls can be asked for them. */
function callsOf(operation: string) {
  const [method = '', path = ''] = operation.split(' ');
  return { method, pathPrefix: path.replace(/\{.*/, '') };
}

type DifferenceProps = Omit<Parameters<typeof PlainTable>[0], 'label'> & { title: string; lead: string; none: string };

function Difference({ title, lead, none, titles, rows }: DifferenceProps) {
  // What to do is said where there is something to do.
  return (
    <Card title={title} lead={rows.length === 0 ? undefined : lead}>
      {rows.length === 0 ? (
        <Text size="sm" c="dimmed">
          {none}
        </Text>
      ) : (
        <PlainTable label={title} titles={titles} rows={rows} />
      )}
    </Card>
  );
}
