/** Who is calling, whatever was presented: what every entry point of this package hands to your code. */
export interface Auth {
  /** The caller: a person, a client, a workload or an API key. */
  subject: string;
  issuer: string;
  /** Of the client the token was issued to, when it says. */
  clientId?: string;
  scopes: readonly string[];
  roles: readonly string[];
}
