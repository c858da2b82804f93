import { createHash } from 'node:crypto';
import { parseFieldPath } from './field-path.ts';
import type { HiddenFields } from './hide-fields.ts';
import type { MaskSpec } from './mask-spec.ts';

export interface MaskGroup {
  readonly name: string;
  readonly fields: readonly HiddenFields[];
  readonly scopes: readonly string[];
  readonly roles: readonly string[];
  readonly policyRequired: boolean;
  readonly action: string | undefined;
}

/** What of the route's responses only some may see. */
export interface Mask {
  readonly bytesMax: number;
  readonly groups: readonly MaskGroup[];
  /** Marks a representation without the fields of these groups; empty when it is whole. */
  markOf(hidden: readonly MaskGroup[]): string;
}

export function compileMask({ bytesMax, groups }: MaskSpec): Mask {
  const marks = new Map<string, string>();
  return {
    bytesMax,
    groups: groups.map(({ name, fields, as, unless }) => ({
      name,
      fields: fields.flatMap((text) => {
        const path = parseFieldPath(text);
        return typeof path === 'string' ? [] : [{ text, path, as }];
      }),
      scopes: unless.scopes,
      roles: unless.roles,
      policyRequired: unless.policies === 'required',
      action: unless.action,
    })),
    markOf(hidden) {
      if (hidden.length === 0) return '';
      const key = JSON.stringify(hidden.map(({ name, fields }) => [name, fields]));
      const mark = marks.get(key) ?? createHash('sha256').update(key).digest('hex').slice(0, 12);
      marks.set(key, mark);
      return mark;
    },
  };
}
