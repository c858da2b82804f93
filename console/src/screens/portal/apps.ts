import type { Key } from '@gatehouse/sdk/admin';
import { useList } from '../../api/pages.ts';
import { stateOf } from '../keys/key-state.tsx';

/**
 * An app is what its keys say that they are for: a tag of its own. Its keys belong to the organization and to nobody in it,
 * so they go on when somebody leaves.
 */
export interface App {
  name: string;
  /** The newest first. */
  keys: readonly Key[];
  /** Of those that work. */
  live: number;
  test: number;
  lastUsedAt: number | undefined;
}

const PREFIX = 'app-';
const NAME_LENGTH_MAX = 40;

/** As a tag can be written: `Weather widget` is `weather-widget`. */
export function appNameOf(text: string): string {
  const plain = text
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .toLowerCase();
  return plain
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, NAME_LENGTH_MAX);
}

export const tagOf = (app: string): string => `${PREFIX}${app}`;

export function useApps() {
  const list = useList('/api/v1/keys', { filters: { limit: 500 } });
  const keys = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const names = keys.flatMap(({ tags }) => tags.filter((tag) => tag.startsWith(PREFIX)).map(nameOfTag));
  const apps = [...new Set(names)].sort().map((name): App => {
    const own = keys.filter(({ tags }) => tags.includes(tagOf(name)));
    const working = own.filter((key) => ['active', 'ending'].includes(stateOf(key)));
    const uses = own.flatMap(({ lastUse }) => (lastUse === null ? [] : [lastUse.at]));
    return {
      name,
      keys: own,
      live: working.filter(({ environment }) => environment === 'live').length,
      test: working.filter(({ environment }) => environment === 'test').length,
      lastUsedAt: uses.length === 0 ? undefined : Math.max(...uses),
    };
  });
  return { apps, list };
}

const nameOfTag = (tag: string): string => tag.slice(PREFIX.length);
