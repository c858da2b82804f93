import type { Resource } from '@gatehouse/sdk/admin';
import type { ReactNode } from 'react';
import type { PageName } from '../../shell/screen.ts';
import type { Column } from '../../table/column.ts';

export type AnyResource = Resource<Record<string, unknown>>;

/** In the place of a name in an address: for one that is yet to be. No name begins so, and none is hidden behind it. */
export const NEW_NAME = '_new';

/** How one kind of resource is shown. What it is, the server says (/api/v1/kinds). */
export interface ResourceKind {
  kind: string;
  plural: string;
  page: PageName;
  /** Where its list is. */
  path: string;
  columns: (titles: ColumnTitles) => readonly Column<AnyResource>[];
  /** A spec to begin with. */
  template: Record<string, unknown>;
  /** Made by the import of an OpenAPI document, too. */
  isImported?: true;
  /** Gone for good when it is deleted, because more hangs on it than its spec. */
  isLasting?: true;
}

export type ColumnTitles = (
  name:
    | 'description'
    | 'path'
    | 'methods'
    | 'who'
    | 'goesTo'
    | 'audience'
    | 'scopes'
    | 'type'
    | 'grants'
    | 'permissions'
    | 'limits'
    | 'displayName'
    | 'targets'
    | 'origin'
    | 'signIn',
) => string;

export const text = (value: unknown): string => (typeof value === 'string' ? value : '');

export const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** A member of a member, whatever is or is not there. */
export function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>(
    (inside, name) =>
      typeof inside === 'object' && inside !== null ? (inside as Record<string, unknown>)[name] : undefined,
    value,
  );
}

/** A column of a text in the spec. */
export function textColumn(
  name: string,
  title: string,
  read: (spec: Record<string, unknown>) => string,
  more: Partial<Column<AnyResource>> & { draw?: (text: string) => ReactNode } = {},
): Column<AnyResource> {
  const { draw = (shown) => shown, ...rest } = more;
  return { name, title, grow: 3, value: ({ spec }) => read(spec), cell: ({ spec }) => draw(read(spec)), ...rest };
}
