/**
 * How long until the console can be used: a slow processor, nothing cached, a session that lives.
 *
 * The page itself says when it is there. Looking from outside with locators measured the looking as well: Playwright looks
 * every half second, and what it looks with (some 300 kB of script) is compiled and run in the page, on the processor that is
 * slowed. The same build in turns, medians: 2225 ms by locators and 1812 ms by itself (home), 2586 and 2300 (users).
 */
import type { Browser, BrowserContext } from 'playwright-core';
import { openConsole } from '../../server/test/console-browser.ts';
import { startProgram } from '../../server/test/running-program.ts';
import type { BenchOptions } from '../bench.ts';
import { median, type Report } from '../measure/report.ts';

/** As a phone of some years ago has it beside this machine. */
const SLOWER = 4;
const INTERACTIVE_MILLISECONDS_MAX = 2000;
const OPENING_MILLISECONDS_MAX = 60_000;
const USERS = 200;

/** A page is there when what it is for can be used, and not only its frame. */
const PAGES = {
  home: {
    path: '/console',
    isThere: "[...document.querySelectorAll('h2')].some((each) => each.textContent === 'Sign-ins')",
  },
  users: { path: '/console/users', isThere: "document.querySelector('[data-row-link]') !== null" },
} as const;

interface Opening {
  milliseconds: number;
  scriptSeconds: number;
  blockedMilliseconds: number;
  requests: number;
  scriptKilobytes: number;
}

/** Adds up, over all documents of the way, by how much tasks were longer than what goes unnoticed (50 ms). */
const WATCH_LONG_TASKS = `new PerformanceObserver((list) => {
  const kept = Number(sessionStorage.getItem('blocked') ?? 0);
  const longer = list.getEntries().reduce((sum, { duration }) => sum + duration - 50, 0);
  sessionStorage.setItem('blocked', String(kept + longer));
}).observe({ type: 'longtask', buffered: true });`;

/** Drawn, and able to answer: the main thread comes to a task that was asked for after the next frame. */
const tellWhen = (isThere: string) => `{
  const look = () => {
    if (!(${isThere})) return;
    watcher.disconnect();
    requestAnimationFrame(() => setTimeout(() => tellThere('')));
  };
  const watcher = new MutationObserver(look);
  watcher.observe(document, { subtree: true, childList: true, characterData: true });
}`;

export async function benchConsole({ rounds }: BenchOptions): Promise<Report> {
  const program = await startProgram();
  const opened = await openConsole(program);
  try {
    for (let index = 0; index < USERS; index += 1) {
      await program.admin('POST', '/users', { name: `Person ${index}`, email: `person-${index}@example.com` });
    }
    const context = opened.page.context();
    const browser = context.browser();
    if (browser === null) throw new TypeError('the browser is gone');
    const cookies = await context.cookies();
    const found = new Map<string, Opening[]>();
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, { path, isThere }] of Object.entries(PAGES)) {
        const one = await openOnce(browser, cookies, program.issuer + path, isThere);
        found.set(name, [...(found.get(name) ?? []), one]);
      }
    }
    return reportOf(found, rounds);
  } finally {
    await opened.close();
    await program.remove();
  }
}

async function openOnce(
  browser: Browser,
  cookies: Awaited<ReturnType<BrowserContext['cookies']>>,
  address: string,
  isThere: string,
): Promise<Opening> {
  // A context of its own has a cache of its own, and it is empty.
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 } });
  await context.addCookies(cookies);
  const page = await context.newPage();
  await page.addInitScript(WATCH_LONG_TASKS);
  await page.addInitScript(tellWhen(isThere));
  const debug = await context.newCDPSession(page);
  await debug.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
  await debug.send('Performance.enable');
  await debug.send('Network.enable');
  await debug.send('Runtime.enable');
  await debug.send('Runtime.addBinding', { name: 'tellThere' });
  let requests = 0;
  let bytes = 0;
  const scripts = new Set<string>();
  debug.on('Network.responseReceived', ({ requestId, type }) => {
    requests += 1;
    if (type === 'Script') scripts.add(requestId);
  });
  debug.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) bytes += encodedDataLength;
  });
  const there = Promise.withResolvers<number>();
  debug.on('Runtime.bindingCalled', () => there.resolve(performance.now()));
  const late = setTimeout(() => there.reject(new Error(`${address} was not there in time`)), OPENING_MILLISECONDS_MAX);
  const startedAt = performance.now();
  await debug.send('Page.navigate', { url: address });
  const milliseconds = (await there.promise) - startedAt;
  clearTimeout(late);
  const { metrics } = await debug.send('Performance.getMetrics');
  const scriptSeconds = metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? 0;
  const blockedMilliseconds = Number(await page.evaluate("sessionStorage.getItem('blocked') ?? 0"));
  await context.close();
  return { milliseconds, scriptSeconds, blockedMilliseconds, requests, scriptKilobytes: bytes / 1000 };
}

function reportOf(found: ReadonlyMap<string, Opening[]>, rounds: number): Report {
  const figures = [...found].map(([name, openings]) => {
    const of = (read: (opening: Opening) => number) => median(openings.map(read));
    return {
      name,
      milliseconds: of(({ milliseconds }) => milliseconds),
      words: [
        `${Math.round(of(({ milliseconds }) => milliseconds))} ms until it can be used`,
        `the quickest ${Math.round(Math.min(...openings.map(({ milliseconds }) => milliseconds)))} ms`,
        `${of(({ scriptSeconds }) => scriptSeconds).toFixed(2)} s of script`,
        `${Math.round(of(({ blockedMilliseconds }) => blockedMilliseconds))} ms blocked`,
        `${of(({ requests }) => requests)} requests`,
        `${Math.round(of(({ scriptKilobytes }) => scriptKilobytes))} kB of script`,
      ],
    };
  });
  return {
    benchmark: 'console',
    setting: `Chromium, processor ${SLOWER} times slower, nothing cached, signed in at the issuer and not yet here`,
    peer: 'none',
    rounds,
    rows: [],
    claims: figures.map(({ name, milliseconds }) => ({
      text: `${name} can be used within ${INTERACTIVE_MILLISECONDS_MAX} ms (${Math.round(milliseconds)} ms)`,
      holds: milliseconds < INTERACTIVE_MILLISECONDS_MAX,
    })),
    notes: figures.map(({ name, words }) => `${name}: ${words.join(', ')}`),
  };
}
