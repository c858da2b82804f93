/** What of the `claims` parameter (OpenID Connect Core §5.5) is kept: where which claims are wanted. */
export interface ClaimsRequest {
  idToken: readonly string[];
  userinfo: readonly string[];
  /** Essential values of `acr` (§5.5.1.1): one of these, or an error. */
  acr?: readonly string[];
}
