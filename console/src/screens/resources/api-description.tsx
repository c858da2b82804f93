import { Button, Group, Loader, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { AdminError } from '../../api/admin.ts';
import { useRead } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { useWords } from '../../language/own-words.ts';
import { Card } from '../../parts/card.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { openApiWords } from '../openapi/words.ts';
import { type AnyResource, at, text } from './resource-kind.ts';

/** Above the settings of an API: what describes it, and how far that is true. */
export function ApiDescription({ resource: { name } }: { resource: AnyResource }) {
  const words = useWords(openApiWords);
  const { mayInTenant } = useMe();
  const isOpen = mayInTenant('api_documents:read');
  const { data, error, refetch } = useRead('/api/v1/apis/{name}/openapi', {
    params: { name },
    enabled: isOpen,
    retry: (failures, problem) => failures < 2 && !(problem instanceof AdminError),
  });
  if (!isOpen) return null;
  const isMissing = error instanceof AdminError && error.status === 404;
  const mayImport = ['api_documents', 'routes', 'resources'].every((kind) => mayInTenant(`${kind}:write`));
  return (
    <Card title={words.describedBy} lead={words.describedLead}>
      {error !== null && !isMissing && <ProblemNote problem={error} onRetry={() => void refetch()} />}
      {error === null && data === undefined && <Loader size="sm" />}
      <Group justify="space-between">
        <Text size="sm">
          {isMissing ? words.notDescribed : `${text(at(data, 'info', 'title'))} ${text(at(data, 'info', 'version'))}`}
        </Text>
        <Group gap="xs">
          {data !== undefined && (
            <Button component={Link} to={`/apis/${name}/drift`} variant="default">
              {words.seeDrift}
            </Button>
          )}
          {mayImport && (
            <Button component={Link} to="/openapi" search={{ api: name } as never} variant="default">
              {isMissing ? words.importFirst : words.importAgain}
            </Button>
          )}
        </Group>
      </Group>
    </Card>
  );
}
