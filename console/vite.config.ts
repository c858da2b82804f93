import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const BASE = '/console/';
const COMPRESSED_MIN_BYTES = 1024;

/** So many files that are loaded by themselves use it: then nearly everybody does. */
const SCREENS_THAT_SHARE = 8;
/** Asks the issuer who is here before anything is drawn, and so does not wait for what draws. */
const SIGN_IN = /src\/session\/|preferred-language|sdk\/src\/browser\//;
/** The chunk that `main.tsx` waits for before there is anything to see. */
const FIRST_DRAWN = 'draw-console';
/** Large, and wanted only where there is text to write or a graph to draw. */
const LATE =
  /node_modules\/(@codemirror|@lezer|@marijn|style-mod|crelt|w3c-keyname|@xyflow|d3-|@dagrejs)|src\/(code|editor)\//;

/** Writes each file compressed beside itself, so that the program sends it as it is. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    writeBundle({ dir = '' }) {
      const folder = join(dir, 'assets');
      for (const name of readdirSync(folder)) {
        const content = readFileSync(join(folder, name));
        if (content.length < COMPRESSED_MIN_BYTES) continue;
        const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
        writeFileSync(join(folder, `${name}.br`), brotliCompressSync(content, { params }));
        writeFileSync(join(folder, `${name}.gz`), gzipSync(content, { level: 9 }));
      }
    },
  };
}

/** What draws is asked for beside what signs in, and not by it: named in the page, it is on its way at once. */
function drawnFromTheStart(): Plugin {
  return {
    name: 'drawn-from-the-start',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle = {} }) {
        const first = Object.values(bundle).find((output) => output.type === 'chunk' && output.name === FIRST_DRAWN);
        const known = new Set<string>();
        const reach = (name: string) => {
          const chunk = bundle[name];
          if (chunk?.type !== 'chunk' || known.has(name)) return;
          known.add(name);
          for (const each of [...(chunk.viteMetadata?.importedCss ?? []), ...chunk.imports]) {
            if (each.endsWith('.css')) known.add(each);
            else reach(each);
          }
        };
        reach(first?.fileName ?? '');
        const wanted = [...known].filter((name) => !html.includes(name));
        return wanted.map((name) => ({
          tag: 'link',
          attrs: { rel: name.endsWith('.css') ? 'stylesheet' : 'modulepreload', crossorigin: true, href: BASE + name },
          injectTo: 'head' as const,
        }));
      },
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  base: BASE,
  plugins: [react(), drawnFromTheStart(), compressed()],
  // The SDK as it is in this tree, and not as it was packed.
  resolve: {
    alias: [{ find: /^@gatehouse\/sdk\/(\w+)$/, replacement: join(import.meta.dirname, '../sdk/src/$1/$1.ts') }],
  },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    // The policy allows no data: scripts or styles, and small files compress better together anyway.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        // What many screens are made of comes as one file instead of forty, each of which would be asked for.
        codeSplitting: {
          groups: [
            { name: 'sign-in', priority: 1, test: SIGN_IN },
            { name: 'parts', minShareCount: SCREENS_THAT_SHARE, test: (id: string) => !LATE.test(id) },
          ],
        },
      },
    },
  },
});
