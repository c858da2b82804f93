import type { IdSource, Logger, SafeFetch } from '#base';
import type { Keyring, SigningKeys } from '#keyring';
import type { Store } from '#store';
import type { ClientDirectory } from '../clients/client-directory.ts';
import type { Issuers } from '../issuers.ts';
import type { RemoteKeySets } from '../jwt/remote-key-sets.ts';
import type { RequestEncryption } from '../jwt/request-encryption.ts';
import type { OrganizationsPort, SigninPort, UsersPort } from '../ports.ts';
import type { MetadataDocuments } from '../registration/metadata-documents.ts';
import type { PairwiseSubjects } from '../tokens/pairwise-subjects.ts';

export interface AuthorizeDeps extends IdSource {
  store: Pick<Store, 'transaction'>;
  keyring: Pick<Keyring, 'mac' | 'seal' | 'open'>;
  /** For signed answers (JARM), and for the id tokens that clients send back as hints. */
  signingKeys: Pick<SigningKeys, 'sign' | 'verificationKey'>;
  clients: ClientDirectory;
  subjects: PairwiseSubjects;
  metadataDocuments: MetadataDocuments;
  issuers: Issuers;
  signin: SigninPort;
  users: UsersPort;
  organizations: OrganizationsPort;
  /** For signed requests: clients' keys, and objects that are fetched from where they were registered to be. */
  remoteKeys: RemoteKeySets;
  requestEncryption: Pick<RequestEncryption, 'decrypt'>;
  fetch: SafeFetch;
  log: Logger;
}
