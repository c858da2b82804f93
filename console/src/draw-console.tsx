import { createRoot } from 'react-dom/client';
import { queries } from './api/queries.ts';
import { whoamiQuery } from './api/whoami.ts';
import { openLanguage } from './language/language.ts';
import { App } from './shell/app.tsx';
import { router } from './shell/router.tsx';

/** Words come beside everything else, from the moment this is loaded. */
const language = openLanguage();

/** Draws the console for who is signed in, or why nobody is. */
export async function drawConsole(failure: Error | undefined): Promise<void> {
  // What every screen begins with is there before the first is drawn, and its script with it.
  const first = failure === undefined ? [queries.prefetchQuery(whoamiQuery), router.load()] : [];
  await Promise.all([language, ...first]);
  const root = document.getElementById('root');
  if (root !== null) createRoot(root).render(<App failure={failure} />);
}
