import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { bundle } from './chromium.fixture.ts';

test.each([
  ['/browser', './browser.ts', 10_000],
  ['/react', '../react/react.ts', 1_500],
  ['/admin', '../admin/admin.ts', 2_500],
])('%s is small: %s has at most %i bytes, compressed', async (name, entry, bytesMax) => {
  const code = await bundle(fileURLToPath(new URL(entry, import.meta.url)));
  const bytes = gzipSync(code, { level: 9 }).length;
  console.log(`@gatehouse/sdk${name}: ${bytes} bytes compressed, ${code.length} not`);
  expect(code.length).toBeGreaterThan(500);
  expect(bytes).toBeLessThan(bytesMax);
});
