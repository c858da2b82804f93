/** `documents.0.spec.match.path` → `match.path`, however the document is named in it. */
export function inSpec(path: string): string {
  const at = path.indexOf('spec.');
  return at === -1 ? path.replace(/^documents\.\d+\./, '') : path.slice(at + 'spec.'.length);
}
