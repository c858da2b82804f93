/** Entity tags of responses that differ by who asks: the service's own, with a mark for what was hidden. */

const MARK = '.gh-';
const TAG = /(?:W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/g;

/** As a caller gets it. Weak: the same data, though not the bytes that the service would have sent (RFC 9110 §8.8.1). */
export function marked(tag: string, mark: string): string | undefined {
  if (mark === '') return tag;
  const [match] = tag.matchAll(TAG);
  return match?.[0] === tag ? `W/"${match[1]}${MARK}${mark}"` : undefined;
}

/**
 * The tags of If-None-Match or If-Match as the service knows them: those of representations as this caller would get one now.
 * Others are left out, so that nobody is told that he has what he has not. Undefined: none is left.
 */
export function unmarked(tags: string, mark: string): string | undefined {
  if (tags.trim() === '*') return tags;
  const kept: string[] = [];
  for (const [whole, opaque = ''] of tags.matchAll(TAG)) {
    const at = opaque.lastIndexOf(MARK);
    if (mark === '' && at === -1) kept.push(whole);
    else if (mark !== '' && at !== -1 && opaque.slice(at + MARK.length) === mark) kept.push(`"${opaque.slice(0, at)}"`);
  }
  return kept.length === 0 ? undefined : kept.join(', ');
}
