import '@mantine/spotlight/styles.css';
import { Spotlight, type SpotlightActionData } from '@mantine/spotlight';
import { IconSearch } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '../api/whoami.ts';
import { ALL_SCREENS, isOpenTo } from './all-screens.ts';
import { paletteStore } from './palette-door.ts';
import { useFound } from './use-found.ts';

/** Ctrl or Cmd and K: go anywhere, find anything by its name. */
export function Palette() {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const [query, setQuery] = useState('');
  const found = useFound(query, me);
  const wanted = query.trim().toLowerCase();
  const pages = ALL_SCREENS.filter((screen) => screen.nav !== undefined && isOpenTo(me, screen)).map(
    ({ path, page, nav }): SpotlightActionData => {
      const Picture = nav?.icon ?? IconSearch;
      return {
        id: path,
        label: t(`shell.pages.${page}`),
        leftSection: <Picture size={18} stroke={1.6} />,
        onClick: () => void navigate({ to: path }),
      };
    },
  );
  const matching = pages.filter(({ label = '' }) => label.toLowerCase().includes(wanted));
  const others = found.map(({ to, label, description, icon: Picture }) => ({
    id: to,
    label,
    description,
    leftSection: <Picture size={18} stroke={1.6} />,
    onClick: () => void navigate({ to }),
  }));
  return (
    <Spotlight
      store={paletteStore}
      query={query}
      onQueryChange={setQuery}
      // Matched here: what the server found must not be sorted out again by its label.
      filter={(_query, actions) => actions}
      actions={[...matching, ...others]}
      nothingFound={t('shell.findNothing')}
      highlightQuery
      attributes={{ content: { 'aria-label': t('shell.findHint') } }}
      scrollable
      maxHeight={420}
      // The frame listens, from its first moment.
      shortcut={null}
      searchProps={{
        leftSection: <IconSearch size={18} stroke={1.6} />,
        placeholder: t('shell.findHint'),
        'aria-label': t('shell.findHint'),
      }}
    />
  );
}
