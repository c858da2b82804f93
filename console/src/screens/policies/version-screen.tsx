import { yaml } from '@codemirror/lang-yaml';
import { Button, Loader, Text } from '@mantine/core';
import { IconArrowBackUp } from '@tabler/icons-react';
import { useParams } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { api } from '../../api/admin.ts';
import { useRead } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { DiffView } from '../../code/diff-view.tsx';
import { dateTime } from '../../language/format.ts';
import { useWords } from '../../language/own-words.ts';
import { Badge } from '../../parts/badge.tsx';
import { Card } from '../../parts/card.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { UnreadPage } from '../../parts/unread-page.tsx';
import { useAction } from '../../parts/use-action.ts';
import { useNames } from '../explorer/use-names.ts';
import { ReplayPanel } from './replay-panel.tsx';
import { policyWords } from './words.ts';

/** One version beside what is in force, and the way back to it. */
export function VersionScreen() {
  const words = useWords(policyWords);
  const me = useMe();
  const { number = '' } = useParams({ strict: false }) as { number?: string };
  const version = useRead('/api/v1/policy-versions/{number}', { params: { number } });
  const newest = useRead('/api/v1/policy-versions', { query: { limit: 1 } });
  const current = newest.data?.items[0]?.number;
  const inForce = useRead('/api/v1/policy-versions/{number}', {
    params: { number: String(current ?? '') },
    enabled: current !== undefined,
  });
  const names = useNames([version.data?.author.id ?? '']);
  const language = useMemo(yaml, []);
  const body = useMemo(() => ({ version: Number(number) }), [number]);
  const error = version.error ?? newest.error ?? inForce.error;
  if (error !== null) return <UnreadPage problem={error} within={[words.versions, '/policy-versions']} />;
  if (version.data === undefined || inForce.data === undefined) return <Loader size="sm" />;
  const { message, at, author } = version.data;
  const isSame = version.data.yaml === inForce.data.yaml;
  return (
    <>
      <PageHead
        title={words.version(Number(number))}
        lead={`${message === '' ? '' : `${message} · `}${words.by(names.get(author.id) ?? author.id)} · ${dateTime(at)}`}
        within={[
          [words.title, '/policies'],
          [words.versions, '/policy-versions'],
        ]}
        aside={isSame && <Badge tone="good">{words.current}</Badge>}
        actions={me.mayInTenant('policies:write') && !isSame && <Rollback number={Number(number)} />}
      />
      <Card title={words.compare} lead={isSame ? undefined : words.versionLead}>
        {isSame ? (
          <Text size="sm">{words.same}</Text>
        ) : (
          <DiffView label={words.compare} before={inForce.data.yaml} after={version.data.yaml} language={language} />
        )}
      </Card>
      {!isSame && (
        <Card title={words.replayVersion}>
          <ReplayPanel body={body} />
        </Card>
      )}
    </>
  );
}

function Rollback({ number }: { number: number }) {
  const words = useWords(policyWords);
  const [isAsked, ask] = useState(false);
  const rollback = useAction({
    run: async (reason: string) =>
      (
        await api.post('/api/v1/policy-versions/{number}/rollback', {
          params: { number: String(number) } as never,
          changeMessage: reason,
        })
      ).data,
    done: (_reason, { changed }) => words.rolledBack(changed.length),
    onDone: () => ask(false),
  });
  return (
    <>
      <Button leftSection={<IconArrowBackUp size={16} aria-hidden />} onClick={() => ask(true)}>
        {words.rollback}
      </Button>
      <Confirm
        opened={isAsked}
        onClose={() => ask(false)}
        title={words.rollbackTitle(number)}
        action={words.rollbackNow}
        reason="optional"
        harmless
        busy={rollback.isPending}
        onConfirm={(reason) => rollback.mutate(reason)}
      >
        {words.rollbackText}
      </Confirm>
    </>
  );
}
