import { Alert, Button, Code, CopyButton, Group, List, Text, UnstyledButton } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { AdminError, requestIdOf } from '../api/admin.ts';
import { saidOf } from './said-of.ts';

/** A refusal with everything that helps: what is wrong, where, and the id under which the server's log has it. */
export function ProblemNote({ problem, onRetry }: { problem: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  const known = problem instanceof AdminError ? problem : undefined;
  const requestId = known === undefined ? undefined : requestIdOf(known);
  return (
    <Alert
      color="red"
      variant="light"
      radius="md"
      icon={<IconAlertTriangle aria-hidden />}
      title={known === undefined ? t('common.someFailed') : undefined}
      role="alert"
    >
      <Text size="sm">{saidOf(problem)}</Text>
      {known !== undefined && known.fields.length > 0 && (
        <List size="sm" mt={6}>
          {known.fields.map(({ path, message }) => (
            <List.Item key={`${path} ${message}`}>
              <Code>{path}</Code> {message}
            </List.Item>
          ))}
        </List>
      )}
      {(known !== undefined || onRetry !== undefined) && (
        <Group gap="sm" mt={8}>
          {known !== undefined && (
            <Text size="xs" c="dimmed" className="mono">
              {known.code}
            </Text>
          )}
          {requestId !== undefined && (
            <CopyButton value={requestId}>
              {({ copied, copy }) => (
                <UnstyledButton onClick={copy}>
                  <Text size="xs" c="dimmed" className="mono">
                    {copied ? t('common.copied') : t('common.problemId', { id: requestId })}
                  </Text>
                </UnstyledButton>
              )}
            </CopyButton>
          )}
          {onRetry !== undefined && (
            <Button size="compact-xs" variant="default" onClick={onRetry}>
              {t('common.retry')}
            </Button>
          )}
        </Group>
      )}
    </Alert>
  );
}
