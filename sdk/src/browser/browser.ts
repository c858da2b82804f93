/** How a single-page application names itself to its issuer. */
export interface BrowserClientOptions {
  issuer: string;
  clientId: string;
}
