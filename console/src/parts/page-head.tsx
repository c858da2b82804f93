import { Anchor, Box, Breadcrumbs, Group, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';
import classes from './page-head.module.css';

interface PageHeadProps {
  title: string;
  /** One sentence that says what this is for. */
  lead?: ReactNode;
  /** Where it belongs: label and address. */
  within?: readonly (readonly [label: string, to: string])[];
  /** Beside the title: state, identifiers. */
  aside?: ReactNode;
  /** What can be done here, the most important last. */
  actions?: ReactNode;
}

export function PageHead({ title, lead, within = [], aside, actions }: PageHeadProps) {
  useEffect(() => {
    document.title = `${title} · Gatehouse`;
  }, [title]);
  return (
    <header className={classes.head}>
      {within.length > 0 && (
        <Breadcrumbs mb={6} separatorMargin={6} className={classes.within}>
          {within.map(([label, to]) => (
            <Anchor key={to} component={Link} to={to} size="sm" c="dimmed">
              {label}
            </Anchor>
          ))}
        </Breadcrumbs>
      )}
      <Group justify="space-between" align="flex-start" gap="sm">
        <Box className={classes.words}>
          <Group gap="sm" align="center">
            <Title order={1} className={classes.title}>
              {title}
            </Title>
            {aside}
          </Group>
          {lead !== undefined && (
            <Text c="dimmed" size="sm" mt={4} maw={680}>
              {lead}
            </Text>
          )}
        </Box>
        {actions !== undefined && <Group gap="xs">{actions}</Group>}
      </Group>
    </header>
  );
}
