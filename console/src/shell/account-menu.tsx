import { Avatar, Menu, Text, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import {
  IconBook2,
  IconDeviceDesktop,
  IconLanguage,
  IconLogout2,
  IconMoon,
  IconSun,
  IconUserCircle,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useMe } from '../api/whoami.ts';
import { chooseLanguage, LANGUAGES, type Language } from '../language/language.ts';
import { auth } from '../session/session.ts';
import { usePerson } from './use-person.ts';

const SCHEMES = [
  ['light', IconSun],
  ['dark', IconMoon],
  ['auto', IconDeviceDesktop],
] as const;

export function AccountMenu() {
  const { t, i18n } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const me = useMe();
  const person = usePerson();
  const name = person.name ?? me.id;
  return (
    <Menu position="bottom-end" width={250} shadow="md" radius="md">
      <Menu.Target>
        <UnstyledButton>
          <span className="visually-hidden">{t('shell.account')}</span>
          <Avatar name={name} color="pine" size={32} radius="xl" />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" fw={600} c="var(--mantine-color-text)" truncate>
            {name}
          </Text>
          <Text size="xs" truncate>
            {person.email ?? me.roles.join(', ')}
          </Text>
        </Menu.Label>
        <Menu.Item component="a" href="/account" leftSection={<IconUserCircle size={16} />}>
          {t('shell.account')}
        </Menu.Item>
        <Menu.Item component="a" href="/docs" target="_blank" leftSection={<IconBook2 size={16} />}>
          {t('shell.documentation')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{t('shell.appearance')}</Menu.Label>
        {SCHEMES.map(([scheme, Picture]) => (
          <Menu.Item
            key={scheme}
            leftSection={<Picture size={16} />}
            onClick={() => setColorScheme(scheme)}
            aria-current={colorScheme === scheme}
            fw={colorScheme === scheme ? 600 : 400}
          >
            {t(scheme === 'auto' ? 'shell.system' : `shell.${scheme}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{t('shell.language')}</Menu.Label>
        {(Object.keys(LANGUAGES) as Language[]).map((language) => (
          <Menu.Item
            key={language}
            lang={language}
            leftSection={<IconLanguage size={16} />}
            onClick={() => void chooseLanguage(language)}
            fw={i18n.language === language ? 600 : 400}
          >
            {LANGUAGES[language]}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout2 size={16} />} onClick={() => void auth.signOut()}>
          {t('shell.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
