import { ActionIcon, Menu } from '@mantine/core';
import { type Icon, IconDots } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

export interface MenuAction {
  label: string;
  icon: Icon;
  onClick: () => void;
  /** It takes something away. */
  harmful?: boolean;
  /** Not offered to who may not, or where it makes no sense. */
  hidden?: boolean;
}

/** What else can be done. Nothing at all when there is nothing. */
export function MoreMenu({ actions }: { actions: readonly MenuAction[] }) {
  const { t } = useTranslation();
  const offered = actions.filter(({ hidden }) => hidden !== true);
  if (offered.length === 0) return null;
  return (
    <Menu position="bottom-end" shadow="md" radius="md">
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label={t('common.actions')}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {offered.map(({ label, icon: Picture, onClick, harmful }) => (
          <Menu.Item
            key={label}
            leftSection={<Picture size={16} stroke={1.75} />}
            onClick={onClick}
            {...(harmful ? { c: 'var(--bad)' } : {})}
          >
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
