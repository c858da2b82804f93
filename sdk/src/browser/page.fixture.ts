import { createBrowserClient } from './browser.ts';

declare global {
  /** Written into the page by its server. */
  var settings: { issuer: string; folder: string };
}

const { issuer, folder } = globalThis.settings;
globalThis.auth = createBrowserClient({
  issuer,
  clientId: 'board',
  redirectUri: `${location.origin}${folder}callback`,
  postLogoutRedirectUri: `${location.origin}${folder}bye`,
  scope: 'openid profile offline_access tasks:read',
  dpop: folder === '/dpop/',
});
if (folder !== '/idle/') void globalThis.auth.start();
