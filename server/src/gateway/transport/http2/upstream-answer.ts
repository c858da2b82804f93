import type { ClientHttp2Stream } from 'node:http2';
import type { TransportLimits } from '../transport-limits.ts';

/**
 * Fields of a head or of trailers, without pseudo-headers. Undefined: there are more than anybody else's upstream may send;
 * what the library can't say in one block would end the caller's connection, with all that goes on there.
 */
export function fieldsOf(
  raw: readonly string[],
  { headBytesMax, fieldCountMax }: Pick<TransportLimits, 'headBytesMax' | 'fieldCountMax'>,
): string[] | undefined {
  const fields: string[] = [];
  let bytes = 0;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] ?? '';
    const value = raw[index + 1] ?? '';
    bytes += name.length + value.length + 4;
    if (!name.startsWith(':')) fields.push(name, value);
  }
  return bytes > headBytesMax || fields.length / 2 > fieldCountMax ? undefined : fields;
}

/**
 * Did the upstream end its side? One that is reset without an error ends for whoever reads it like one that is whole (Node
 * 26.9); but what says the end comes while the stream is open.
 */
export function watchEnd(stream: ClientHttp2Stream): { readonly whole: boolean } {
  const seen = { whole: false };
  const push = stream.push.bind(stream);
  stream.push = (chunk, encoding) => {
    if (chunk === null && !stream.closed) seen.whole = true;
    return push(chunk, encoding);
  };
  return seen;
}
