import { defineErrors } from '#base';

export const httpErrors = defineErrors({
  fresh_proof_required: {
    category: 'unauthenticated',
    message: 'This needs a token from a sign-in with two factors within the last ten minutes. Sign in again and retry.',
  },
  path_not_found: {
    category: 'not_found',
    message: 'There is nothing at this path. /openapi.json lists what there is.',
  },
  console_not_built: {
    category: 'unavailable',
    message: 'The console is not built. Run: node scripts/build-console.mjs (npm start does it by itself).',
  },
  method_unsupported: {
    category: 'invalid_input',
    message: 'This path does not take this method. The Allow header names those it takes.',
  },
  media_type_unsupported: {
    category: 'invalid_input',
    message:
      'This path does not take a body of this Content-Type. Send application/json, or application/yaml where documents are taken.',
  },
  body_malformed: {
    category: 'invalid_input',
    message: 'The body is not valid JSON. Check it for missing quotes, commas and brackets.',
  },
  body_too_large: {
    category: 'too_large',
    message: 'The body is too large. Split it and send the parts one by one.',
  },
  head_too_large: {
    category: 'too_large',
    message: 'The request line and headers are too large together.',
  },
  url_too_long: {
    category: 'invalid_input',
    message: 'A part of the path is too long.',
  },
  http_malformed: {
    category: 'invalid_input',
    message: 'The request is not valid HTTP.',
  },
  explanation_not_found: {
    category: 'not_found',
    message:
      'This decision was not kept: denials are, allowed ones by the share that a decision_log says, and for so long. Make the same request again to see it explained.',
  },
  request_id_malformed: {
    category: 'invalid_input',
    message: 'The header X-Request-Id must be one value of 1 to 256 printable ASCII characters.',
  },
  request_timeout: {
    category: 'invalid_input',
    message: 'The request did not arrive in time.',
  },
  admin_credential_missing: {
    category: 'unauthenticated',
    message: 'This needs a credential. Send an API key or access token as `Authorization: Bearer …`.',
  },
  admin_credential_refused: {
    category: 'unauthenticated',
    message: 'The credential is not accepted. Check that it was copied whole, or get a new one.',
  },
  permission_missing: {
    category: 'forbidden',
    message: 'Your credential may not do this. Ask an administrator for a role with the permission named in `missing`.',
  },
  outside_organization: {
    category: 'forbidden',
    message:
      'Your credential is confined to its organization, and this concerns the whole tenant. Use a credential of the tenant.',
  },
  route_closed: {
    category: 'forbidden',
    message: 'Nobody may use this path: it does not say who may. This is a fault of the program; please report it.',
  },
  precondition_malformed: {
    category: 'invalid_input',
    message:
      'If-Match takes `*` or ETags as they were sent, with their quotes; If-None-Match takes `*` here. Not both.',
  },
  name_mismatch: {
    category: 'invalid_input',
    message:
      'The body names another resource than the URL. Make them the same, or leave kind and name out of the body.',
  },
  decision_not_found: {
    category: 'not_found',
    message:
      'No access record has this decision id. Records are written shortly after the request; try again in a second.',
  },
  cursor_invalid: {
    category: 'invalid_input',
    message: 'The cursor is not one of ours. Take it from `nextCursor` of the page before, or leave it out.',
  },
  description_not_one: {
    category: 'invalid_input',
    message: 'Send one OpenAPI document. This text holds several, separated by `---`.',
  },
  documents_missing: {
    category: 'invalid_input',
    message:
      'Send `{"documents": [{"kind": …, "name": …, "spec": …}]}` as application/json, or YAML documents as application/yaml.',
  },
});
