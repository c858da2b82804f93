import { Anchor, Code, Group, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useMe } from '../api/whoami.ts';
import { bytes, dateTime, duration } from '../language/format.ts';
import { useWords } from '../language/own-words.ts';
import { Badge } from '../parts/badge.tsx';
import { Facts } from '../parts/facts.tsx';
import { PolicyWalks } from './policy-walks.tsx';
import { RelationshipList } from './relationship-list.tsx';
import { routeText, type StageName, type Trace } from './stages.ts';
import { decisionWords } from './words.ts';

/** What was looked at in one station. */
export function StageDetail({ stage, trace }: { stage: StageName; trace: Trace }): ReactNode {
  const Detail = DETAILS[stage];
  return <Detail {...trace} />;
}

const DETAILS: Readonly<Record<StageName, (trace: Trace) => ReactNode>> = {
  credential: CredentialDetail,
  principal: PrincipalDetail,
  scopes: ({ request }) => <Needs required={request?.requiredScopes} held={request?.principal?.scopes} />,
  roles: ({ request }) => <Needs required={request?.requiredRoles} held={request?.principal?.roles} anyOne />,
  policies: ({ policies, decision }) => <PolicyWalks policies={policies} decision={decision} />,
  relationships: ({ relationships }) => <RelationshipList relationships={relationships} />,
  route: RouteDetail,
  upstream: UpstreamDetail,
};

function CredentialDetail({ request, record }: Trace) {
  const words = useWords(decisionWords);
  const me = useMe();
  const type = record?.credentialType ?? request?.principal?.credential?.type ?? 'none';
  const id = record?.credentialId ?? request?.principal?.credential?.id ?? '';
  return (
    <Stack gap="xs">
      <Facts
        facts={[
          [words.stages.credential, type === 'none' ? words.notes.noCredential : type.replaceAll('_', ' ')],
          ['ID', type === 'none' ? undefined : <Code key="id">{id}</Code>],
          ['Client', record?.clientId],
          ['IP', record?.remoteAddress],
        ]}
      />
      {type === 'api_key' && me.may('keys:read') && (
        <Anchor component={Link} to={`/keys/${id}`} size="sm">
          {words.openKey}
        </Anchor>
      )}
    </Stack>
  );
}

function PrincipalDetail({ request, record, known }: Trace) {
  const words = useWords(decisionWords);
  const me = useMe();
  const { principal, principalAttributes } = request ?? {};
  const id = principal?.id ?? record?.principalId ?? '';
  const type = principal?.type ?? record?.principalType;
  return (
    <Stack gap="xs">
      {known !== undefined && type === 'user' && (
        <div>
          <Badge tone={known ? 'accent' : 'quiet'}>{known ? words.known : words.unknown}</Badge>
        </div>
      )}
      <Facts
        facts={[
          ['ID', <Code key="id">{id}</Code>],
          [words.actors, listed(record?.actors?.map((actor) => actor.id))],
          [words.stages.principal, request?.principalEntityType ?? type],
          [words.stages.roles, listed(principal?.roles)],
          [words.groups, listed(principal?.groups)],
          [words.stages.scopes, listed(principal?.scopes)],
          [words.organization, principal?.organizationId ?? record?.organizationId],
          [words.signIn, [principal?.acr, ...(principal?.amr ?? [])].filter(Boolean).join(', ') || undefined],
          [words.attributes, json(principalAttributes)],
        ]}
      />
      {type === 'user' && known !== false && me.may('users:read') && (
        <Anchor component={Link} to={`/users/${id}`} size="sm">
          {words.openUser}
        </Anchor>
      )}
    </Stack>
  );
}

function RouteDetail({ request, record }: Trace) {
  const words = useWords(decisionWords);
  const me = useMe();
  return (
    <Stack gap="xs">
      <Facts
        facts={[
          [words.stages.route, routeText(record, words.notes)],
          ['HTTP', record === undefined ? undefined : <Code key="http">{`${record.method} ${record.path}`}</Code>],
          [words.action, request?.action],
          [words.resource, resourceText(request?.resource)],
          [words.attributes, json(request?.resource?.attributes)],
          [words.context, json(request?.context)],
        ]}
      />
      {record?.route !== undefined && me.may('routes:read') && (
        <Anchor component={Link} to={`/routes/${record.route}`} size="sm">
          {words.openRoute}
        </Anchor>
      )}
    </Stack>
  );
}

function UpstreamDetail({ record }: Trace) {
  const words = useWords(decisionWords);
  if (record?.upstream === undefined) return <Text size="sm">{words.notes.notForwarded}</Text>;
  return (
    <Facts
      facts={[
        [words.stages.upstream, record.upstream],
        ['Status', record.status],
        ['⏱', duration(record.durationMicros)],
        ['↑', bytes(record.bytesIn)],
        ['↓', bytes(record.bytesOut)],
        ['UTC', dateTime(record.at)],
      ]}
    />
  );
}

/** What was asked for, with what is there ticked off. */
function Needs(props: { required?: string[] | undefined; held?: string[] | undefined; anyOne?: boolean }) {
  const { required = [], held = [], anyOne = false } = props;
  const words = useWords(decisionWords);
  const isThere = (name: string) => held.includes(name);
  return (
    <Stack gap="xs">
      <div>
        <Text size="xs" c="dimmed" mb={4}>
          {words.required}
        </Text>
        <Group gap={6}>
          {required.length === 0 && <Text size="sm">{words.none}</Text>}
          {required.map((name) => (
            <Badge key={name} tone={isThere(name) ? 'good' : anyOne && required.some(isThere) ? 'quiet' : 'bad'}>
              {name}
            </Badge>
          ))}
        </Group>
      </div>
      <div>
        <Text size="xs" c="dimmed" mb={4}>
          {words.held}
        </Text>
        <Text size="sm">{held.length === 0 ? words.none : held.join(', ')}</Text>
      </div>
    </Stack>
  );
}

function listed(names: readonly string[] | undefined): string | undefined {
  return names === undefined || names.length === 0 ? undefined : names.join(', ');
}

function resourceText(resource: { type?: string; id?: string } | undefined): string | undefined {
  return resource === undefined ? undefined : `${resource.type}::"${resource.id}"`;
}

function json(value: object | undefined): ReactNode {
  if (value === undefined || Object.keys(value).length === 0) return undefined;
  return <Code block>{JSON.stringify(value, undefined, 2)}</Code>;
}
