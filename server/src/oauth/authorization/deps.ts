import type { IdSource, Logger } from '#base';
import type { Keyring } from '#keyring';
import type { Store } from '#store';
import type { ClientDirectory } from '../clients/client-directory.ts';
import type { Issuers } from '../issuers.ts';
import type { SigninPort, UsersPort } from '../ports.ts';

export interface AuthorizeDeps extends IdSource {
  store: Pick<Store, 'transaction'>;
  keyring: Pick<Keyring, 'mac' | 'seal' | 'open'>;
  clients: ClientDirectory;
  issuers: Issuers;
  signin: SigninPort;
  users: UsersPort;
  log: Logger;
}
