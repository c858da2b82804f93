import { Button, Loader, Tabs, Text, TextInput } from '@mantine/core';
import { IconHistory, IconTrash } from '@tabler/icons-react';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/admin.ts';
import { useMe } from '../../api/whoami.ts';
import { useWords } from '../../language/own-words.ts';
import { Badge } from '../../parts/badge.tsx';
import { Card } from '../../parts/card.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { MoreMenu } from '../../parts/more-menu.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { UnreadPage } from '../../parts/unread-page.tsx';
import { useAction } from '../../parts/use-action.ts';
import { useFilters } from '../../parts/use-filters.ts';
import { ActivateDialog } from './activate-dialog.tsx';
import classes from './policies.module.css';
import { PolicyEditor } from './policy-editor.tsx';
import { ReplayPanel } from './replay-panel.tsx';
import { TestsPanel } from './tests-panel.tsx';
import { TrialPanel } from './trial-panel.tsx';
import { useWorkbench, type Workbench } from './use-workbench.ts';
import { policyWords } from './words.ts';

export function WorkbenchScreen() {
  const { name = '' } = useParams({ strict: false }) as { name?: string };
  const filters = useFilters();
  // Another policy is another bench: nothing that was written goes over.
  return <Bench key={name} name={name} template={filters.get('template')} />;
}

function Bench({ name, template }: { name: string; template: string }) {
  const words = useWords(policyWords);
  const { bench, error } = useWorkbench(name, template);
  if (error !== null) return <UnreadPage problem={error} within={[words.title, '/policies']} />;
  return bench === undefined ? <Loader size="sm" /> : <Ready bench={bench} />;
}

function Ready({ bench }: { bench: Workbench }) {
  const words = useWords(policyWords);
  const me = useMe();
  const filters = useFilters();
  const [asked, ask] = useState<'enforce' | 'shadow'>();
  const mayWrite = me.mayInTenant('policies:write');
  const { name, stored, isChanged, tried } = bench;
  const hasErrors = tried?.findings.some(({ severity }) => severity === 'error') ?? false;
  const isOnTrial = stored?.spec.mode === 'shadow';
  const isEmpty = bench.cedar.trim() === '';
  const tab = filters.get('tab') || 'tests';
  return (
    <>
      <PageHead
        title={name}
        within={[[words.title, '/policies']]}
        aside={
          <>
            <Badge tone={stored === undefined ? 'accent' : isOnTrial ? 'warn' : 'good'}>
              {stored === undefined ? words.isNew : isOnTrial ? words.onTrial : words.inForce}
            </Badge>
            {isChanged && <Badge tone="quiet">{words.unsaved}</Badge>}
          </>
        }
        actions={
          mayWrite && (
            <>
              {stored !== undefined && <More name={name} />}
              <Button
                variant="default"
                disabled={hasErrors || isEmpty || (isOnTrial && !isChanged)}
                onClick={() => ask('shadow')}
              >
                {words.putOnTrial}
              </Button>
              <Button disabled={hasErrors || isEmpty || !(isChanged || isOnTrial)} onClick={() => ask('enforce')}>
                {words.activate}
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
      <div className={classes.bench}>
        <div className={classes.text}>
          <Card>
            <TextInput
              label={words.descriptionLabel}
              value={bench.description}
              readOnly={!mayWrite}
              onChange={({ currentTarget }) => bench.write({ description: currentTarget.value })}
              mb="md"
            />
            <PolicyEditor bench={bench} readOnly={!mayWrite} />
          </Card>
        </div>
        <div className={classes.beside}>
          <Card>
            <Tabs value={tab} onChange={(next) => filters.set({ tab: next ?? undefined })} keepMounted={false}>
              <Tabs.List grow>
                <Tabs.Tab value="tests">{words.tests}</Tabs.Tab>
                <Tabs.Tab value="replay">{words.replay}</Tabs.Tab>
                <Tabs.Tab value="trial">{words.trial}</Tabs.Tab>
              </Tabs.List>
              <Tabs.Panel value="tests" pt="md">
                <TestsPanel bench={bench} />
              </Tabs.Panel>
              <Tabs.Panel value="replay" pt="md">
                <ReplayPanel body={hasErrors || isEmpty ? undefined : { policies: [{ name, spec: bench.spec }] }} />
              </Tabs.Panel>
              <Tabs.Panel value="trial" pt="md">
                <TrialPanel name={name} isOnTrial={isOnTrial} />
              </Tabs.Panel>
            </Tabs>
          </Card>
        </div>
      </div>
      <ActivateDialog bench={bench} mode={asked} onClose={() => ask(undefined)} />
    </>
  );
}

function More({ name }: { name: string }) {
  const words = useWords(policyWords);
  const navigate = useNavigate();
  const [isAsked, ask] = useState(false);
  const remove = useAction({
    run: () => api.delete('/api/v1/policies/{name}', { params: { name }, ifMatch: '*' }),
    done: () => words.deleted(name),
    onDone: () => void navigate({ to: '/policies' }),
  });
  return (
    <>
      <Button
        component={Link}
        to="/policy-versions"
        variant="subtle"
        color="gray"
        leftSection={<IconHistory size={16} aria-hidden />}
      >
        {words.versions}
      </Button>
      <MoreMenu actions={[{ label: words.deletePolicy, icon: IconTrash, onClick: () => ask(true), harmful: true }]} />
      <Confirm
        opened={isAsked}
        onClose={() => ask(false)}
        title={words.deleteTitle(name)}
        action={words.deletePolicy}
        busy={remove.isPending}
        onConfirm={() => remove.mutate()}
      >
        {words.deleteText}
      </Confirm>
    </>
  );
}
