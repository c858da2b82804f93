import { Alert, Anchor, Button, CopyButton, Drawer, Group, Loader, Stack, Text, UnstyledButton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconArrowUpRight, IconInfoCircle } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { AdminError } from '../../api/admin.ts';
import { useRead } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import type { AskedRequest, Change } from '../../decisions/answers.ts';
import { DecisionPath } from '../../decisions/decision-path.tsx';
import { denialWords } from '../../decisions/denial-words.ts';
import { Sentence } from '../../decisions/sentence.tsx';
import type { Trace } from '../../decisions/stages.ts';
import { Suggestions } from '../../decisions/suggestions.tsx';
import { TrialNote } from '../../decisions/trial-note.tsx';
import { Verdict } from '../../decisions/verdict.tsx';
import { dateTime } from '../../language/format.ts';
import { useWords } from '../../language/own-words.ts';
import { ProblemNote } from '../../parts/problem-note.tsx';
import type { Filters } from '../../parts/use-filters.ts';
import { StepList } from './step-list.tsx';
import { requestWords } from './words.ts';

/** One decision beside the list: its way through the house, and what would change it. */
export function TraceDrawer({ decisionId, filters }: { decisionId: string; filters: Filters }) {
  const words = useWords(requestWords);
  const isNarrow = useMediaQuery('(max-width: 48em)');
  return (
    <Drawer
      opened={decisionId !== ''}
      onClose={() => filters.set({ decision: undefined })}
      position="right"
      size={isNarrow ? '100%' : '36rem'}
      title={words.trace}
      closeButtonProps={{ 'aria-label': useTranslation().t('common.close') }}
    >
      {decisionId !== '' && <TraceOf key={decisionId} decisionId={decisionId} filters={filters} />}
    </Drawer>
  );
}

function TraceOf({ decisionId, filters }: { decisionId: string; filters: Filters }) {
  const words = useWords(requestWords);
  const denials: Readonly<Record<string, string>> = useWords(denialWords);
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const mayExplain = me.may('decisions:read');
  const params = { decisionId };
  // Either may be all there is. What is there is shown, and when it was says whether the other may still be on its way.
  const at = useRef<number>(undefined);
  const retry = (looks: number, error: Error) => mayComeYet(looks, error, at.current);
  const record = useRead('/api/v1/decisions/{decisionId}', { params, retry });
  // Asked once it is known how old the call is, or that this is not to be had.
  const enabled = mayExplain && (record.data !== undefined || record.failureCount > 0);
  const why = useRead('/api/v1/decisions/{decisionId}/explanation', { params, enabled, retry });
  at.current = record.data?.at ?? why.data?.logged.at;
  const isLooking = record.isPending || (mayExplain && why.isPending);
  const isUnknown = record.data === undefined && why.data === undefined;
  if (isUnknown && isLooking) return <Loader size="sm" />;
  if (isUnknown) return <ProblemNote problem={record.error} onRetry={() => void record.refetch()} />;
  const trace: Trace = {
    decision: why.data?.logged.decision,
    request: why.data?.logged.request as AskedRequest | undefined,
    policies: why.data?.policies ?? [],
    relationships: why.data?.relationships ?? [],
    record: record.data,
    steps: record.data?.steps,
  };
  const inShort = (reason: string) => denials[reason] ?? reason.replaceAll('_', ' ');
  const summary = why.data?.logged.decision.summary;
  // What the policies allowed may still be refused, by a limit or for its body: then the decision is not why.
  const isRefusedBesides = record.data?.allowed === false && why.data?.logged.decision.allowed !== false;
  const reason = inShort(record.data?.reason ?? '');
  const allowed = record.data?.allowed ?? why.data?.logged.decision.allowed ?? false;
  const explore = (changes: readonly Change[]) => {
    const search = { decision: decisionId, ...(changes.length === 0 ? {} : { changes: JSON.stringify(changes) }) };
    void navigate({ to: '/explorer', search: search as never });
  };
  return (
    <Stack gap="lg">
      <div>
        <Group gap="xs" mb={6}>
          <Verdict allowed={allowed} refused={record.data !== undefined && record.data.status !== 403} />
          <Text size="sm" c="dimmed">
            {dateTime(record.data?.at ?? why.data?.logged.at ?? 0)}
          </Text>
        </Group>
        {record.data !== undefined && (
          <Text className="mono" fw={600}>
            {record.data.method} {record.data.path}
          </Text>
        )}
        <Text size="sm" mt={4}>
          <Sentence text={isRefusedBesides ? reason : (summary ?? reason)} />
        </Text>
        <CopyButton value={decisionId}>
          {({ copied, copy }) => (
            <UnstyledButton onClick={copy}>
              <Text size="xs" c="dimmed" className="mono">
                {copied ? t('common.copied') : decisionId}
              </Text>
            </UnstyledButton>
          )}
        </CopyButton>
      </div>
      {isLooking && <Loader size="sm" />}
      {why.data === undefined && !isLooking && (
        <Alert icon={<IconInfoCircle aria-hidden />} color="gray" variant="light">
          {mayExplain ? words.notLogged : words.noPermission}
        </Alert>
      )}
      {why.data?.outdated === true && (
        <Alert icon={<IconInfoCircle aria-hidden />} color="yellow" variant="light">
          {words.outdated}
        </Alert>
      )}
      <TrialNote decision={trace.decision} />
      {/* Drawn once it is whole: half of it would say of what is yet to come that it was not asked for. */}
      {!isLooking && <DecisionPath trace={trace} />}
      {record.data !== undefined && <StepList steps={record.data.steps} />}
      {why.data !== undefined && !why.data.now.allowed && (
        <Suggestions
          suggestions={why.data.suggestions}
          onTry={me.mayInTenant('decisions:read') ? explore : undefined}
        />
      )}
      <Group gap="xs">
        {why.data !== undefined && me.mayInTenant('decisions:read') && (
          <Button
            variant="default"
            rightSection={<IconArrowUpRight size={16} aria-hidden />}
            onClick={() => explore([])}
          >
            {words.explore}
          </Button>
        )}
        {record.data !== undefined && (
          <>
            <Anchor
              component="button"
              size="sm"
              onClick={() => filters.set({ credentialId: record.data.credentialId, decision: undefined })}
            >
              {words.filterKey}
            </Anchor>
            <Anchor
              component="button"
              size="sm"
              onClick={() => filters.set({ principalId: record.data.principalId, decision: undefined })}
            >
              {words.filterPrincipal}
            </Anchor>
          </>
        )}
      </Group>
    </Stack>
  );
}

const LOOKS_MAX = 2;
/** The gateway writes down what it decided within a second or two. */
const YOUNG_MILLISECONDS = 10_000;

/** What was decided a moment ago may not be written yet; of a call that is older, what is missing was not kept. */
function mayComeYet(looks: number, error: Error, at: number | undefined): boolean {
  const isOld = at !== undefined && Date.now() - at > YOUNG_MILLISECONDS;
  return !isOld && looks < LOOKS_MAX && error instanceof AdminError && error.status === 404;
}
