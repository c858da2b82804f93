import { useTranslation } from 'react-i18next';
import { Time } from '../parts/time.tsx';
import { Words } from '../parts/words.tsx';
import type { Column } from './column.ts';

/** The fields of an item that hold such a value. */
type FieldOf<Item, Value> = {
  [Name in keyof Item]-?: NonNullable<Item[Name]> extends Value ? Name : never;
}[keyof Item];

type TextField = 'name' | 'email' | 'description';
type TimeField = 'createdAt' | 'updatedAt' | 'expiresAt';

const TITLES = { name: 'common.name', email: 'people.email', description: 'common.description' } as const;
const TIMES = { createdAt: 'created', updatedAt: 'updated', expiresAt: 'expires' } as const;

/** Columns that most lists have, by the field they show: each is drawn, sorted and exported alike wherever it stands. */
export function useUsualColumns<Item>() {
  const { t } = useTranslation();
  const text = (field: TextField & FieldOf<Item, string>, more: Partial<Column<Item>> = {}): Column<Item> => {
    const read = (item: Item) => item[field as keyof Item] as string | undefined;
    return { name: field, title: t(TITLES[field as TextField]), grow: 3, value: read, cell: read, ...more };
  };
  const time = (field: TimeField & FieldOf<Item, number>): Column<Item> => {
    const read = (item: Item) => item[field as keyof Item] as number | undefined;
    const name = TIMES[field as TimeField];
    return {
      name,
      title: t(`common.${name}`),
      grow: 2,
      wide: true,
      value: read,
      cell: (it) => <Time at={read(it)} />,
    };
  };
  const roles = (read: (item: Item) => readonly string[], more: Partial<Column<Item>> = {}): Column<Item> => ({
    name: 'roles',
    title: t('keys.roles'),
    grow: 2.4,
    wide: true,
    value: (item) => read(item).join(' '),
    cell: (item) => <Words words={read(item)} shown={2} />,
    ...more,
  });
  return { text, time, roles };
}
