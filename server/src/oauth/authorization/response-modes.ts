/** How the answer travels to the redirect URI: OAuth 2.0 Multiple Response Types §2.1, Form Post Response Mode, JARM §2.3. */
interface ResponseModeEntry {
  by: 'query' | 'fragment' | 'form_post';
  /** One signed JWT in place of the parameters. */
  signed: boolean;
}

export const RESPONSE_MODES = {
  query: { by: 'query', signed: false },
  fragment: { by: 'fragment', signed: false },
  form_post: { by: 'form_post', signed: false },
  /** JARM §2.3.4: the default of the response type, and that of `code` is the query. */
  jwt: { by: 'query', signed: true },
  'query.jwt': { by: 'query', signed: true },
  'fragment.jwt': { by: 'fragment', signed: true },
  'form_post.jwt': { by: 'form_post', signed: true },
} as const satisfies Record<string, ResponseModeEntry>;

export type ResponseMode = keyof typeof RESPONSE_MODES;
export const RESPONSE_MODE_NAMES = Object.keys(RESPONSE_MODES) as [ResponseMode, ...ResponseMode[]];

export const isResponseMode = (text: string): text is ResponseMode => Object.hasOwn(RESPONSE_MODES, text);
