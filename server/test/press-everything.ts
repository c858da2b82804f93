/**
 * Presses what a page of the console offers, and hears whether the server would refuse it. Whatever would change something
 * is sent with a body that is none: the server looks at the permission first, and so answers 403 or that it can't read this.
 */
import type { Locator, Page, Route } from 'playwright-core';

export interface Refusal {
  page: string;
  pressed: string;
  request: string;
}

export interface Presses {
  refusals: Refusal[];
  /** What was pressed, as `page: name`. */
  pressed: string[];
  /** What the server was asked to change, as `METHOD path`. */
  changes: Set<string>;
  /** What sticks out of a telephone's screen, as `page: so many pixels`. */
  sideways: string[];
  open(address: string): Promise<void>;
  pressAll(address: string): Promise<void>;
}

/** They ask, and change nothing. */
const QUESTIONS =
  /\/(try|check|evaluate|search|what-if|explain|verify|replay|list-objects|list-users|expand|read|resources|access|report)(\?|$)|dryRun=true|\/oauth\/|\/evaluations?(\?|$)|\/search\//;
/** Every one on every page takes minutes; what has one name does one thing, mostly. `EVERY_PRESS=1` takes the minutes. */
const SAME_NAME_PAGES_MAX = process.env.EVERY_PRESS === undefined ? 1 : 1000;
const PRESSES_OF_A_PAGE_MAX = process.env.EVERY_PRESS === undefined ? 12 : 1000;
/** The name of a menu says nothing of what is in it. */
const MENU = 'Actions';
const SETTLE_MILLISECONDS = 60;
const LOOKS_MAX = 25;
const PHONE = { width: 390, height: 844 };
const WIDE = { width: 1280, height: 720 };

export async function pressesOn(page: Page): Promise<Presses> {
  const seen = { page: '', pressed: '' };
  /** On how many pages a control of this name was pressed. */
  const here = new Map<string, number>();
  const presses: Presses = { refusals: [], pressed: [], changes: new Set(), sideways: [], open, pressAll };
  let asking = 0;
  const note = (status: number, method: string, url: string) => {
    if (status !== 403) return;
    presses.refusals.push({ ...seen, request: `${method} ${new URL(url).pathname}` });
  };
  await page.route(/\/(api\/v1|stores)(\/|$|\?)/, async (route: Route) => {
    const request = route.request();
    const method = request.method();
    asking += 1;
    try {
      if (method === 'GET' || QUESTIONS.test(request.url())) {
        const response = await route.fetch();
        note(response.status(), method, request.url());
        return await route.fulfill({ response });
      }
      presses.changes.add(`${method} ${new URL(request.url()).pathname}`);
      const headers = { ...request.headers(), 'content-type': 'application/json' };
      const response = await route.fetch({ headers, postData: '{' });
      note(response.status(), method, request.url());
      await route.fulfill({ response });
    } catch {
      // The page went on before it was answered.
    } finally {
      asking -= 1;
    }
  });
  const settled = async () => {
    for (let calm = 0; calm < 2; calm += asking === 0 ? 1 : 0) await page.waitForTimeout(SETTLE_MILLISECONDS);
  };

  async function open(address: string): Promise<void> {
    Object.assign(seen, { page: address, pressed: 'opened' });
    // As its links do it: the page is not loaded anew, which would sign in anew.
    await page.evaluate(`history.pushState({}, '', ${JSON.stringify(`/console${address}`)})`);
    // What is not there, or not for them, is told without a heading.
    await page.locator('#content').locator('h1, [role=alert]').first().waitFor();
    await settled();
  }

  async function lookByPhone(address: string): Promise<void> {
    const size = page.viewportSize() ?? WIDE;
    await page.setViewportSize(PHONE);
    const sideways = () => page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
    let pixels = await sideways();
    // What is drawn by a script is drawn anew.
    for (let looks = 0; pixels > 0 && looks < LOOKS_MAX; looks += 1) {
      await page.waitForTimeout(SETTLE_MILLISECONDS);
      pixels = await sideways();
    }
    if (pixels > 0) presses.sideways.push(`${address}: ${pixels}`);
    await page.setViewportSize(size);
  }

  async function pressAll(address: string): Promise<void> {
    await open(address);
    await lookByPhone(address);
    const done = new Set<string>();
    const content = page.locator('#content');
    for (;;) {
      const next = await nextControl(
        content,
        (name) => !done.has(name) && (name === MENU || (here.get(name) ?? 0) < SAME_NAME_PAGES_MAX),
      );
      if (next === undefined || done.size >= PRESSES_OF_A_PAGE_MAX) return;
      done.add(next.name);
      here.set(next.name, (here.get(next.name) ?? 0) + 1);
      await press(next.control, next.name);
      const isMoved = new URL(page.url()).pathname !== `/console${address.replace(/\?.*/, '')}`.replace(/\/$/, '');
      if (isMoved || (await page.getByRole('dialog').count()) > 0) await open(address);
    }
  }

  async function press(control: Locator, name: string): Promise<void> {
    Object.assign(seen, { pressed: name });
    presses.pressed.push(`${seen.page}: ${name}`);
    if (!(await clicked(control))) return;
    await settled();
    const items = page.getByRole('menu').getByRole('menuitem');
    const count = await items.count();
    for (let index = 0; index < count; index += 1) {
      if ((await page.getByRole('menu').count()) === 0) await clicked(control);
      const item = items.nth(index);
      if ((await item.count()) === 0) break;
      const label = (await item.innerText()).trim();
      Object.assign(seen, { pressed: `${name} > ${label}` });
      presses.pressed.push(`${seen.page}: ${name} > ${label}`);
      if (!(await clicked(item))) continue;
      await settled();
      await confirm();
    }
    await confirm();
    await page.keyboard.press('Escape');
    await settled();
  }

  /** Fills in what a dialog asks for, and presses its last button. */
  async function confirm(): Promise<void> {
    const dialog = page.getByRole('dialog').last();
    if ((await dialog.count()) === 0) return;
    for (const field of await dialog.locator('input:visible, textarea:visible').all()) await fillIn(dialog, field);
    const go = dialog.locator('button:enabled:visible').last();
    if ((await go.count()) > 0 && (await clicked(go))) await settled();
    for (let times = 0; times < 3 && (await page.getByRole('dialog').count()) > 0; times += 1) {
      await page.keyboard.press('Escape');
      await page.waitForTimeout(SETTLE_MILLISECONDS);
    }
  }
  return presses;
}

async function nextControl(content: Locator, isWanted: (name: string) => boolean) {
  const controls = content.locator('button:enabled:visible:not(th button), [role=tab]:visible');
  for (const control of await controls.all()) {
    const label = await control.getAttribute('aria-label').catch(() => null);
    const name = (label ?? (await control.textContent().catch(() => null)) ?? '').trim();
    if (name !== '' && isWanted(name)) return { control, name };
  }
  return undefined;
}

async function clicked(control: Locator): Promise<boolean> {
  return control.click({ timeout: 1500 }).then(
    () => true,
    () => false,
  );
}

async function fillIn(dialog: Locator, field: Locator): Promise<void> {
  const [type, role] = [await field.getAttribute('type'), await field.getAttribute('aria-haspopup')];
  const value = await field.inputValue();
  const isChoice = role !== null || !(await field.isEditable());
  if (value !== '' || ['checkbox', 'radio', 'file', 'hidden'].includes(String(type))) return;
  if (isChoice) {
    await clicked(field);
    await clicked(dialog.page().getByRole('option').first());
    await field.press('Tab').catch(() => undefined);
    return;
  }
  const typed = await dialog.locator('label b').allTextContents();
  const text = type === 'email' ? 'someone@example.com' : type === 'number' ? '1' : (typed[0] ?? 'someone@example.com');
  await field.fill(text).catch(() => undefined);
}
