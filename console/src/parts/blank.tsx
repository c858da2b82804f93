import { Group, Text, Title } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import { type ReactNode, useEffect } from 'react';
import classes from './blank.module.css';

/** What stands where nothing is yet: says what would be here, and how it comes about. */
export function Blank(props: {
  title: string;
  icon?: Icon;
  isPage?: boolean;
  children?: ReactNode;
  actions?: ReactNode;
}) {
  const { title, icon: Picture, isPage = false, children, actions } = props;
  useEffect(() => {
    if (isPage) document.title = `${title} · Gatehouse`;
  }, [isPage, title]);
  return (
    <section className={classes.blank}>
      {Picture !== undefined && (
        <span className={classes.picture}>
          <Picture size={26} stroke={1.5} aria-hidden />
        </span>
      )}
      <Title order={isPage ? 1 : 2} size="h3">
        {title}
      </Title>
      <Text component="div" size="sm" c="dimmed" maw="min(460px, 100%)">
        {children}
      </Text>
      {actions !== undefined && (
        <Group gap="xs" mt="sm" justify="center">
          {actions}
        </Group>
      )}
    </section>
  );
}
