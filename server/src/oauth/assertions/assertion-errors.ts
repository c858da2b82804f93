const bad = <Wire extends string>(wire: Wire, message: string) =>
  ({ wire, category: 'invalid_input', message }) as const;

/** Of assertions as grants. RFC 7521 §4.1.1: whatever is wrong with the assertion is an invalid_grant. */
export const assertionDefinitions = {
  assertion_invalid: bad(
    'invalid_grant',
    'The assertion is not acceptable. Check its issuer, audience, times, claims and signature, and that it is used once.',
  ),
  assertion_subject_unknown: bad(
    'invalid_grant',
    'The assertion names nobody who may sign in here. Check how the trusted issuer maps its subjects; by e-mail, the address must be verified there and here.',
  ),
};
