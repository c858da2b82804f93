import { z } from 'zod';
import type { FieldError } from '#base';
import type { RawHeaders } from './exchange.ts';
import { isRemovedHeader, plainName } from './upstream-headers.ts';

const HEADERS_MAX = 20;
const name = z
  .string()
  .max(64)
  .regex(/^[a-z0-9][a-z0-9-]*$/, 'must be the name of a header in lower case');
const value = z
  .string()
  .max(1024)
  .regex(/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/, 'must be printable ASCII without spaces around it');

export const upstreamHeadersSchema = z.strictObject({
  set: z
    .record(name, value)
    .refine((headers) => Object.keys(headers).length <= HEADERS_MAX, `${HEADERS_MAX} at most`)
    .optional()
    .describe('In the place of what the caller sends under these names.'),
  remove: z.array(name).max(HEADERS_MAX).optional().describe('Never passed on.'),
});

export type UpstreamHeadersSpec = z.output<typeof upstreamHeadersSchema>;

/** The configuration is read by many, and exported: it is no place for what opens a door. */
const SECRETS = new Set(['authorization', 'cookie', 'proxy-authorization']);

/** Callers can't send it. Where a service lies on its host is the operator's to say, and nothing that is judged here. */
const OPERATORS = new Set(['x-script-name']);

/** What the schema can't say: nothing that the gateway itself decides, and no secret. */
export function checkUpstreamHeaders({ set = {}, remove = [] }: UpstreamHeadersSpec): FieldError[] {
  const errors: FieldError[] = [];
  for (const header of Object.keys(set)) {
    const path = `upstream.headers.set.${header}`;
    if (SECRETS.has(header)) errors.push({ path, message: 'carries a credential, which would stand here in clear' });
    else if (isRemovedHeader(header) && !OPERATORS.has(header))
      errors.push({ path, message: 'is for the gateway alone to set, or never passes' });
    if (remove.includes(header)) errors.push({ path, message: 'is removed as well; keep one of them' });
  }
  return errors;
}

export interface HeaderRewrite {
  readonly gone: ReadonlySet<string>;
  readonly added: RawHeaders;
}

/** Undefined when there is nothing to do, so that most requests cost nothing. */
export function compileHeaderRewrite(spec: UpstreamHeadersSpec | undefined): HeaderRewrite | undefined {
  const { set = {}, remove = [] } = spec ?? {};
  const added = Object.entries(set).flat();
  const gone = new Set([...Object.keys(set), ...remove]);
  return gone.size === 0 ? undefined : { gone, added };
}

/** Rewrites what came from the caller, before the gateway adds its own. */
export function rewriteHeaders(headers: RawHeaders, { gone, added }: HeaderRewrite): string[] {
  const kept: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const header = headers[index] ?? '';
    if (!gone.has(plainName(header)) && !gone.has(header)) kept.push(header, headers[index + 1] ?? '');
  }
  kept.push(...added);
  return kept;
}
