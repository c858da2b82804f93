import type { IdSource, Logger } from '#base';
import type { Keyring, SigningKeys } from '#keyring';
import type { ClientDirectory } from '../clients/client-directory.ts';
import type { SigninPort, UsersPort } from '../ports.ts';
import type { RequestObjectDeps } from './read-request-object.ts';

export interface AuthorizeDeps extends IdSource, RequestObjectDeps {
  keyring: Pick<Keyring, 'mac' | 'seal' | 'open'>;
  /** For signed answers (JARM), and for the id tokens that clients send back as hints. */
  signingKeys: Pick<SigningKeys, 'sign' | 'verificationKey'>;
  clients: ClientDirectory;
  signin: SigninPort;
  users: UsersPort;
  log: Logger;
}
