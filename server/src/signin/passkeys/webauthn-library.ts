/** Read when the first passkey is made or used: a fifth of a second and 15 MB that a start does without. */
export const webauthnLibrary = () => import('@simplewebauthn/server');
