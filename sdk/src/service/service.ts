/** An access token for calls of a service, and until when it is good. */
export interface ServiceToken {
  accessToken: string;
  expiresAt: number;
}
