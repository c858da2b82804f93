import type { RawHeaders } from '../exchange.ts';

/** Where the parameters of one request are found; a query or cookies are taken apart when first asked for. */
export class RequestSource {
  /** Decoded segments, in the order of the path's parameters. */
  readonly path: readonly string[];
  readonly #headers: RawHeaders;
  readonly #rawQuery: string;
  #query: Map<string, string[]> | undefined;
  #cookies: Map<string, string[]> | undefined;
  /** A name in the query could not be read. */
  malformedQuery = false;

  constructor(path: readonly string[], query: string, headers: RawHeaders) {
    this.path = path;
    this.#rawQuery = query;
    this.#headers = headers;
  }

  /** By name, as written: what is a separator and what belongs to the value only shows before decoding. */
  get query(): ReadonlyMap<string, readonly string[]> {
    if (this.#query !== undefined) return this.#query;
    this.#query = new Map();
    for (const pair of this.#rawQuery.length <= 1 ? [] : this.#rawQuery.slice(1).split('&')) {
      const end = pair.indexOf('=');
      const name = decodeForm(end === -1 ? pair : pair.slice(0, end));
      if (name === undefined) {
        this.malformedQuery = true;
        continue;
      }
      const value = end === -1 ? '' : pair.slice(end + 1);
      const values = this.#query.get(name);
      if (values === undefined) this.#query.set(name, [value]);
      else values.push(value);
    }
    return this.#query;
  }

  /** Several lines of one name are one list (RFC 9110 §5.3). */
  header(name: string, separator = ', '): string | undefined {
    let found: string | undefined;
    for (let index = 0; index < this.#headers.length; index += 2) {
      if (this.#headers[index] !== name) continue;
      const value = this.#headers[index + 1] ?? '';
      found = found === undefined ? value : `${found}${separator}${value}`;
    }
    return found;
  }

  /** All of one name: servers differ in whether the first or the last of them counts. */
  cookies(name: string): readonly string[] {
    if (this.#cookies === undefined) {
      this.#cookies = new Map();
      for (const pair of (this.header('cookie', '; ') ?? '').split(';')) {
        const end = pair.indexOf('=');
        const key = pair.slice(0, Math.max(end, 0)).trim();
        const values = this.#cookies.get(key);
        if (values !== undefined) values.push(pair.slice(end + 1).trim());
        else if (key !== '') this.#cookies.set(key, [pair.slice(end + 1).trim()]);
      }
    }
    return this.#cookies.get(name) ?? [];
  }
}

/** Form encoding (URL Standard §5.1). Undefined: not percent-encoded as it should be. */
export function decodeForm(text: string): string | undefined {
  if (!text.includes('%') && !text.includes('+')) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
