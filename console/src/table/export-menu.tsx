import type { ListPath } from '@gatehouse/sdk/admin';
import { Button, Menu } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ListInput, readAllPages } from '../api/pages.ts';
import { count } from '../language/format.ts';
import { tell, tellProblem } from '../parts/tell.tsx';
import type { Column } from './column.ts';
import { csvOf } from './csv.ts';
import { saveFile } from './save-file.ts';

/** More would fill the memory of the page; whoever needs all has the command line. */
const ROWS_MAX = 100_000;

interface Exported<Item> {
  path: ListPath;
  input: ListInput;
  columns: readonly Pick<Column<Item>, 'name' | 'value'>[];
  fileName: string;
}

interface ExportMenuProps<Item> extends Exported<Item> {
  /** What else is written as CSV here, beside the list. */
  others?: readonly (Exported<never> & { label: string })[];
}

/** The whole list as the filters have it, and not only what was scrolled to. A second press stops it. */
export function ExportMenu<Item>({ others = [], ...list }: ExportMenuProps<Item>) {
  const { t } = useTranslation();
  const [read, setRead] = useState<number>();
  const stop = useRef<AbortController>(undefined);
  useEffect(() => () => stop.current?.abort(), []);

  const run = async <Any,>({ path, input, columns, fileName }: Exported<Any>, form: 'csv' | 'json') => {
    const controller = new AbortController();
    stop.current = controller;
    setRead(0);
    try {
      const limits = { itemsMax: ROWS_MAX, signal: controller.signal, progress: setRead };
      const items = await readAllPages<Any>(path, input, limits);
      if (items.length >= ROWS_MAX) tell(t('common.exportBounded', { rows: count(ROWS_MAX) }));
      const isCsv = form === 'csv';
      const text = isCsv ? csvOf(items, columns) : JSON.stringify(items, null, 2);
      saveFile(`${fileName}.${form}`, text, isCsv ? 'text/csv' : 'application/json');
    } catch (error) {
      if (!controller.signal.aborted) tellProblem(error);
    } finally {
      setRead(undefined);
    }
  };

  if (read !== undefined) {
    return (
      <Button variant="default" onClick={() => stop.current?.abort()} loaderProps={{ type: 'dots' }}>
        {t('common.exporting', { rows: count(read) })}
      </Button>
    );
  }
  return (
    <Menu position="bottom-end" shadow="md" radius="md">
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={16} stroke={1.75} />}>
          {t('common.export')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void run(list, 'csv')}>{t('common.exportCsv')}</Menu.Item>
        <Menu.Item onClick={() => void run(list, 'json')}>{t('common.exportJson')}</Menu.Item>
        {others.length > 0 && <Menu.Divider />}
        {others.map((other) => (
          <Menu.Item key={other.fileName} onClick={() => void run(other, 'csv')}>
            {other.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
