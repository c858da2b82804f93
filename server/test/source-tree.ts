import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repositoryRoot = fileURLToPath(new URL('../..', import.meta.url));

export interface SourceFile {
  /** Relative to server/src, with `/`. */
  path: string;
  /** First folder, or `main` for the composition root. */
  room: string;
  text: string;
  lineCount: number;
  imports: string[];
  isTest: boolean;
}

const IMPORT = /^\s*(?:import|export)\b[^'";]*?from\s+'([^']+)'|^\s*import\s+'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm;

export function readSourceTree(): SourceFile[] {
  const base = join(repositoryRoot, 'server/src');
  return globSync('**/*.ts', { cwd: base })
    .toSorted()
    .map((path) => {
      const text = readFileSync(join(base, path), 'utf8');
      return {
        path,
        room: path.includes('/') ? (path.split('/')[0] ?? '') : 'main',
        text,
        lineCount: text.split('\n').length - 1,
        imports: [...text.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3] ?? ''),
        isTest: /\.(test|contract|cases|fixture)\.ts$|\/(fixtures|contract|testing)\//.test(path),
      };
    });
}

/** The file a relative import or a `#room` leads to, relative to server/src; undefined for packages. */
export function resolveImport(
  from: SourceFile,
  specifier: string,
  doors: ReadonlyMap<string, string>,
): string | undefined {
  if (specifier.startsWith('.')) return normalize(join(dirname(from.path), specifier));
  return doors.get(specifier);
}

/** `#room` → file of its door relative to server/src, from the `imports` of server/package.json. */
export function readDoors(): Map<string, string> {
  const { imports } = JSON.parse(readFileSync(join(repositoryRoot, 'server/package.json'), 'utf8'));
  return new Map(
    Object.entries<string>(imports).map(([name, path]) => [name, normalize(join(path.replace('./src/', './')))]),
  );
}
