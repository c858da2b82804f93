import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './look/page.css';
import { createRoot } from 'react-dom/client';
import { openLanguage } from './language/language.ts';
import { issuer, styleNonce } from './session/page-facts.ts';
import { auth, signIn } from './session/session.ts';

// What react-style-singleton (locks the page's scrolling behind a dialog) reads for the elements it writes.
Object.assign(globalThis, { __webpack_nonce__: styleNonce });

/** Signs the person in before anything is drawn: without a token there is nothing to show. */
async function open(): Promise<void> {
  // Reached by another name of this machine: tokens and cookies are the issuer's, and so is the console.
  if (location.origin !== new URL(issuer).origin) {
    location.replace(issuer + location.pathname + location.search);
    return;
  }
  const language = openLanguage();
  const state = await auth.start();
  const failure = state.status === 'signed_out' ? state.error : undefined;
  if (state.status !== 'signed_in' && failure === undefined) return signIn();
  // Nothing is tried again by itself after a refusal, so that nobody is sent in circles.
  const [{ App }] = await Promise.all([import('./shell/app.tsx'), language]);
  const root = document.getElementById('root');
  if (root !== null) createRoot(root).render(<App failure={failure} />);
}

void open();
