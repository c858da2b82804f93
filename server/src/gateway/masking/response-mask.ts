import type { RawHeaders, Reply, ResponseMask } from '../exchange.ts';
import { isJson } from '../openapi/read-operations.ts';
import type { MaskGroup } from './compile-mask.ts';
import type { EntityTags } from './entity-tags.ts';
import { hideFields } from './hide-fields.ts';

/** What a caller may not see of the responses of a route, and how they are marked. */
export interface MaskedFor {
  readonly hidden: readonly MaskGroup[];
  readonly mark: string;
  readonly bytesMax: number;
  /** As who hides it: where there is none, what is hidden takes the entity tag along. */
  readonly tags: EntityTags | undefined;
  /** What is asked for, as entity tags name it. */
  readonly resource: string;
}

/** Headers of a request by which a service would answer with a part, an encoding, or a reference to what a caller has. */
const NOT_ASKED = new Set(['if-modified-since', 'if-unmodified-since']);
const NOT_ASKED_WHEN_HIDDEN = new Set([...NOT_ASKED, 'range', 'if-range', 'accept-encoding']);

/** The request as the service gets it: it asks for the whole, to be read here, and speaks of what this caller would get. */
export function askForWhole(headers: string[], masked: MaskedFor): string[] {
  const { hidden, tags } = masked;
  const left = hidden.length > 0 ? NOT_ASKED_WHEN_HIDDEN : NOT_ASKED;
  const asked: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? '';
    const value = headers[index + 1] ?? '';
    if (left.has(name)) continue;
    if (name !== 'if-none-match' && name !== 'if-match') {
      asked.push(name, value);
      continue;
    }
    const own = tags?.unmarked(value, masked);
    if (own !== undefined) asked.push(name, own);
    // Whoever demands a state that he has not seen is told so by the service, which has none of this name.
    else if (name === 'if-match') asked.push(name, '"gatehouse-none"');
  }
  if (hidden.length > 0) asked.push('accept-encoding', 'identity');
  return asked;
}

/** Digests of the service's own bytes (RFC 9530, RFC 2616), by which what is hidden could be tried out, and offers of parts of them. */
const UNTRUE = [
  ...['content-digest', 'repr-digest', 'digest', 'content-md5', 'accept-ranges', 'content-range'],
  // Of object stores.
  ...['x-goog-hash', 'x-goog-stored-content-length', 'x-ms-blob-content-md5', 'x-ms-content-crc64'],
  ...['crc32', 'crc32c', 'crc64nvme', 'sha1', 'sha256'].map((digest) => `x-amz-checksum-${digest}`),
];

export function responseMask(
  masked: MaskedFor,
  {
    onHidden,
    refusal,
  }: {
    onHidden: (hidden: readonly string[]) => void;
    /** @param why for the operator: what it was that can't be read. */
    refusal: (status: number, why: string) => Reply;
  },
): ResponseMask {
  const { hidden, tags, bytesMax } = masked;
  // Until something else is known: it was read, and did not come to an end within what is kept.
  let why = `longer than ${bytesMax} bytes, or broken off`;
  return {
    bytesMax,
    hidesLength: hidden.length > 0,
    removed: hidden.length === 0 ? [] : UNTRUE,
    refusal: (status) => refusal(status, why),
    plan({ status, hasBody, field }) {
      if (hidden.length === 0) return 'pass';
      if (!hasBody) return 'head';
      const encoding = field('content-encoding');
      const type = field('content-type') ?? '';
      // Part of a body can't be read, and was not asked for.
      if (status === 206) why = 'a part (206)';
      else if (encoding !== undefined && encoding !== 'identity') why = 'compressed, though plain was asked for';
      else if (!isJson(type)) why = `no JSON (${/^[\w.+-]+\/[\w.+-]{1,100}/.exec(type)?.[0] ?? 'no content type'})`;
      else return 'body';
      return 'withhold';
    },
    headers(field) {
      const headers: string[] = [];
      const tag = field('etag');
      const own = tag === undefined ? undefined : tags?.marked(tag, masked);
      if (own !== undefined && own !== tag) headers.push('etag', own);
      return {
        headers: [...headers, ...cacheControl(field('cache-control'))],
        dropsTag: tag !== undefined && own === undefined,
      };
    },
    hide(body) {
      if (body.length === 0) return body;
      const found = hideFields(
        body,
        hidden.flatMap(({ fields }) => fields),
      );
      if (found === undefined) {
        why = 'not the JSON that it says it is';
        return undefined;
      }
      onHidden(found.hidden);
      // Written anew also where nothing was found: of a field that stands there twice, we have looked at the last alone.
      return found.body;
    },
  };
}

/** What differs by who asks is for no shared cache, whatever the service says of it. */
function cacheControl(sent: string | undefined): RawHeaders {
  if (sent !== undefined && /(?:^|[\s,])(?:private|no-store)(?=$|[\s,=])/i.test(sent)) return [];
  const kept = (sent ?? '')
    .split(',')
    .map((directive) => directive.trim())
    .filter((directive) => directive !== '' && !/^(?:public|s-maxage)\b/i.test(directive));
  return ['cache-control', ['private', ...kept].join(', ')];
}
