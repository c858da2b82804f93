import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The Markdown of this very version: its pages by name (`guides/tokens`), and the pictures they show. */
export interface Library {
  pages: ReadonlyMap<string, string>;
  pictures: ReadonlyMap<string, Buffer>;
}

/** What the index page is called. */
export const INDEX = 'README';

/** Read once, with the first page that is asked for, and looked up by name: no path from outside ever reaches the file system. Empty when the folder is not there. */
export function openLibrary(folder: string): Library {
  const read = (pattern: string, ending: RegExp) =>
    globSync(pattern, { cwd: folder }).map((file): [string, Buffer] => [
      file.replaceAll('\\', '/').replace(ending, ''),
      readFileSync(join(folder, file)),
    ]);
  const pages = new Map(read('**/*.md', /\.md$/).map(([name, bytes]) => [name, bytes.toString('utf8')]));
  const decisions = listOfDecisions(pages);
  if (decisions !== undefined) pages.set('adr', decisions);
  return { pages, pictures: new Map(read('pictures/*.svg', /^pictures\//)) };
}

/** The folder of decisions has no page of its own, where a link to it would lead. */
function listOfDecisions(pages: ReadonlyMap<string, string>): string | undefined {
  const items = [...pages]
    .filter(([name]) => name.startsWith('adr/'))
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([name, text]) => `- [${/^# (.*)/.exec(text)?.[1] ?? name}](${name}.md)`);
  if (items.length === 0) return undefined;
  return `# Decisions\n\nWhat was decided, why, and what it costs.\n\n${items.join('\n')}\n`;
}
