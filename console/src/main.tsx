import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './look/page.css';
import { preferredLanguage } from './language/preferred-language.ts';
import { issuer, styleNonce } from './session/page-facts.ts';
import { auth, signIn } from './session/session.ts';

// What react-style-singleton (locks the page's scrolling behind a dialog) reads for the elements it writes.
Object.assign(globalThis, { __webpack_nonce__: styleNonce });

// The sign-in page asks in the same language.
document.documentElement.lang = preferredLanguage();

/** Signs the person in before anything is drawn: without a token there is nothing to show. */
async function open(): Promise<void> {
  // Reached by another name of this machine: tokens and cookies are the issuer's, and so is the console.
  if (location.origin !== new URL(issuer).origin) {
    location.replace(issuer + location.pathname + location.search);
    return;
  }
  // What draws comes while the issuer is asked. For strangers it waits in the browser's cache until they are back.
  const drawing = import('./draw-console.tsx');
  const state = await auth.start();
  const failure = state.status === 'signed_out' ? state.error : undefined;
  if (state.status !== 'signed_in' && failure === undefined) return signIn();
  // Nothing is tried again by itself after a refusal, so that nobody is sent in circles.
  const { drawConsole } = await drawing;
  await drawConsole(failure);
}

void open();
