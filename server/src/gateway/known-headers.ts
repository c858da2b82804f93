/** What the pipeline found in header lines that a caller repeats, for as long as he does. The transport looks at nothing of it. */
export interface KnownHeaders {
  /** What the lines say. */
  readonly headers: readonly string[];
  credential: OneCredential | undefined;
  passedOn: PassedOn | undefined;
}

/** A credential where there is no other. Nothing is verified yet. */
export interface OneCredential {
  readonly found: 'one';
  readonly type: 'api_key' | 'access_token';
  readonly text: string;
  readonly scheme: 'x-api-key' | 'bearer' | 'dpop';
}

/** What goes on to the upstream, and what it was made from beside the headers themselves. */
export interface PassedOn {
  readonly address: string | undefined;
  readonly encrypted: boolean | undefined;
  readonly host: string;
  readonly httpVersion: string;
  readonly identity: readonly string[];
  readonly repeated: RepeatedHeaders;
}

/** Headers that are written again and again. */
export interface RepeatedHeaders {
  readonly headers: readonly string[];
  /** Their lines, checked by the transport the first time; and the same with the empty line that ends a head. */
  written: { readonly lines: string; readonly ending: string } | undefined;
}

/** Of a request whose headers were changed on the way nothing is known. */
export function knownOf(head: {
  readonly headers: readonly string[];
  readonly known?: KnownHeaders | undefined;
}): KnownHeaders | undefined {
  return head.known?.headers === head.headers ? head.known : undefined;
}
