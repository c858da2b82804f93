import { Box, Group, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './card.module.css';

interface CardProps {
  title?: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
  /** Without a margin inside, for tables. */
  flush?: boolean;
  children?: ReactNode;
}

/** One thought of a screen. */
export function Card({ title, lead, actions, flush = false, children }: CardProps) {
  return (
    <section className={classes.card}>
      {title !== undefined && (
        <Group className={classes.head ?? ''} justify="space-between" align="flex-start" gap="xs">
          <Box>
            <Title order={2}>{title}</Title>
            {lead !== undefined && (
              <Text size="sm" c="dimmed" mt={2}>
                {lead}
              </Text>
            )}
          </Box>
          {actions !== undefined && <Group gap="xs">{actions}</Group>}
        </Group>
      )}
      <div className={flush ? classes.flush : classes.body}>{children}</div>
    </section>
  );
}
