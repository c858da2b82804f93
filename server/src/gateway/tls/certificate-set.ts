import { constants, X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import type { Clock, Logger } from '#base';
import { gatewayErrors } from '../errors.ts';
import { type CertificateNames, certificateNames } from './certificate-names.ts';
import { followFiles } from './follow-files.ts';
import { inPieces, type Pieces } from './in-pieces.ts';
import {
  type CertificateFiles,
  type CertificateStatus,
  demandRoots,
  type LoadedCertificate,
  readAuthorities,
  readCertificate,
} from './read-certificate.ts';
import { PIECE_BYTES } from './read-revocation-lists.ts';
import type { RevocationLists } from './revocation-lists.ts';

export interface CertificateSetOptions {
  readonly certificates: readonly CertificateFiles[];
  /** PEM file of the authorities whose client certificates are trusted. Without it none is asked for. */
  readonly clientAuthorities?: string | undefined;
  /** The oldest version of TLS that is spoken: 1.2 unless it is said. */
  readonly minimumVersion?: '1.2' | '1.3' | undefined;
  /** With it, each of the authorities must have a list that is current, and client certificates must not be in one. */
  readonly revocations?: RevocationLists | undefined;
}

/** The certificates of a listener, kept as the files are. */
export interface CertificateSet {
  readonly asksForClientCertificates: boolean;
  /** Whose client certificates are trusted. Read only where lists of revoked ones count. */
  authorities(): readonly CertificateNames[];
  /** For callers who name no server. */
  defaultContext(): SecureContextOptions;
  contextFor(serverName: string): SecureContext;
  status(): readonly CertificateStatus[];
  /** How often changed files could not be used. */
  readonly failedReloads: number;
  /** Called after each reload that changed something. */
  onChange(listener: () => void): void;
  /** Looks whether the files have changed, and takes over those that can be used. */
  check(): void;
  close(): void;
}

/**
 * RFC 9325 §4.2: forward secrecy and authenticated encryption, nothing else. The same list is what HTTP/2 asks for
 * (RFC 9113 §9.2.2).
 */
const CIPHERS = [
  ...['TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256'],
  ...['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'],
  ...['ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-RSA-AES256-GCM-SHA384'],
  ...['ECDHE-ECDSA-CHACHA20-POLY1305', 'ECDHE-RSA-CHACHA20-POLY1305'],
].join(':');

const DAY_MILLISECONDS = 86_400_000;
/** Below this a certificate should have been renewed: ACME clients do it with thirty days left. */
const WARN_DAYS = 14;

interface Slot {
  readonly files: CertificateFiles;
  loaded: LoadedCertificate;
  options: SecureContextOptions;
  context: SecureContext;
  problem: string | undefined;
}

/**
 * Opens the certificates. Changed files are used once they have been the same for two looks, since certificate and key are
 * rarely written in one moment; what can't be used then leaves the old pair in place and says so.
 * @throws `certificate_unusable` when one can't be used at the start.
 */
export function openCertificates(
  { certificates, clientAuthorities, minimumVersion = '1.2', revocations }: CertificateSetOptions,
  { clock, log }: { clock: Clock; log: Logger },
): CertificateSet {
  const paths = [
    ...certificates.flatMap(({ certificate, key }) => [certificate, key]),
    ...(clientAuthorities === undefined ? [] : [clientAuthorities]),
  ];
  const listeners: (() => void)[] = [];
  let authorities = clientAuthorities === undefined ? undefined : trustedIn(clientAuthorities);
  let authorityNames = namesOf(authorities);
  let authoritiesProblem: string | undefined;
  let failedReloads = 0;
  let warnedOn = -1;
  let stopRenewing = () => {};

  function namesOf(pems: readonly string[] | undefined): readonly CertificateNames[] {
    if (revocations === undefined) return [];
    return (pems ?? []).map((pem) => certificateNames(new X509Certificate(pem).raw));
  }

  function trustedIn(path: string): readonly string[] {
    const found = readAuthorities(path, clock.now());
    if (revocations !== undefined) demandRoots(path, found);
    return found;
  }

  function optionsFor(loaded: LoadedCertificate | undefined): SecureContextOptions {
    return contextOptions(loaded, { authorities, minimumVersion, lists: revocations?.pems() });
  }

  function make(files: CertificateFiles): Slot {
    const loaded = readCertificate(files, clock.now());
    const options = optionsFor(loaded);
    return { files, loaded, options, context: secureContext(files, options), problem: undefined };
  }

  /** With authorities and lists as they are now: one that was taken out must not be trusted for a fault elsewhere. */
  function renew(slot: Slot): Slot {
    const options = optionsFor(slot.loaded);
    return { ...slot, options, context: secureContext(slot.files, options) };
  }

  /** OpenSSL reads the lists anew for each of them. */
  function* renewAll(): Pieces<Slot[]> {
    const isLong = (revocations?.pems() ?? []).reduce((sum, { length }) => sum + length, 0) > PIECE_BYTES;
    const renewed: Slot[] = [];
    for (const slot of slots) {
      if (isLong) yield;
      renewed.push(renew(slot));
    }
    if (isLong) yield;
    return renewed;
  }

  function tellChange(): void {
    for (const listener of listeners) listener();
  }

  let slots = certificates.map(make);

  function reload(): void {
    stopRenewing();
    let problem: string | undefined;
    if (clientAuthorities !== undefined) {
      try {
        const found = trustedIn(clientAuthorities);
        authorityNames = namesOf(found);
        authorities = found;
        authoritiesProblem = undefined;
      } catch (error) {
        problem = authoritiesProblem = messageOf(error);
      }
    }
    slots = slots.map((slot) => {
      try {
        return make(slot.files);
      } catch (error) {
        problem = messageOf(error);
        return { ...renew(slot), problem };
      }
    });
    if (problem === undefined) {
      log.info(
        { certificates: slots.map(({ loaded }) => describe(loaded)) },
        'the certificates of the listener were reloaded',
      );
    } else {
      failedReloads += 1;
      log.error({ problem }, 'a changed certificate can not be used: the one before goes on being served');
    }
    tellChange();
  }

  function warnOfExpiry(): void {
    const day = Math.floor(clock.now() / DAY_MILLISECONDS);
    if (day === warnedOn) return;
    warnedOn = day;
    for (const { files, loaded } of slots) {
      const days = Math.floor((loaded.notAfter - clock.now()) / DAY_MILLISECONDS);
      if (days < 0) log.error({ file: files.certificate }, 'the certificate of the listener has expired');
      else if (days < WARN_DAYS)
        log.warn({ file: files.certificate, days }, 'the certificate of the listener expires soon');
    }
  }

  warnOfExpiry();
  const files = followFiles(paths, reload, warnOfExpiry);
  revocations?.onChange(() => {
    stopRenewing();
    stopRenewing = inPieces(renewAll(), (renewed, error) => {
      if (renewed === undefined) {
        log.error({ problem: messageOf(error) }, 'new lists of revoked certificates can not be used for handshakes');
        return;
      }
      slots = renewed;
      tellChange();
    });
  });

  return {
    asksForClientCertificates: clientAuthorities !== undefined,
    authorities: () => authorityNames,
    defaultContext: () => slots[0]?.options ?? optionsFor(undefined),
    contextFor: (serverName) => (slotFor(slots, serverName) ?? slots[0])?.context ?? createSecureContext(),
    status: () => [
      ...slots.map(({ files, loaded, problem }) => ({
        file: files.certificate,
        names: loaded.names,
        notAfter: loaded.notAfter,
        problem,
      })),
      ...(clientAuthorities === undefined || authoritiesProblem === undefined
        ? []
        : [{ file: clientAuthorities, names: [], notAfter: Number.POSITIVE_INFINITY, problem: authoritiesProblem }]),
    ],
    get failedReloads() {
      return failedReloads;
    },
    onChange: (listener) => void listeners.push(listener),
    check: files.check,
    close() {
      stopRenewing();
      files.close();
    },
  };
}

function contextOptions(
  loaded: LoadedCertificate | undefined,
  {
    authorities,
    minimumVersion,
    lists,
  }: {
    authorities: readonly string[] | undefined;
    minimumVersion: '1.2' | '1.3';
    lists: readonly string[] | undefined;
  },
): SecureContextOptions {
  return {
    ...(loaded === undefined ? {} : { cert: loaded.certificatePem, key: loaded.keyPem }),
    minVersion: `TLSv${minimumVersion}`,
    ciphers: CIPHERS,
    honorCipherOrder: true,
    // Who renegotiates could show another certificate half way. HTTP has no use for it (RFC 9113 §9.2.1).
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    // An intermediate in the bundle is trusted as it stands: the operator put it there. With lists it is not: OpenSSL asks
    // for a list with each certificate of the chain, and needs the certificate above to verify it.
    ...(authorities === undefined ? {} : { ca: [...authorities], allowPartialTrustChain: lists === undefined }),
    ...(lists === undefined ? {} : { crl: [...lists] }),
  };
}

function secureContext({ certificate }: CertificateFiles, options: SecureContextOptions): SecureContext {
  try {
    return createSecureContext(options);
  } catch {
    // For example a key that is too short for today. Without the cause: OpenSSL had the key in its hands.
    throw gatewayErrors.certificate_unusable({ message: `${certificate} and its key were refused by OpenSSL.` });
  }
}

/** The exact name before a wildcard, which stands for one label (RFC 6125 §6.4.3); the first of several. */
function slotFor(slots: readonly Slot[], serverName: string): Slot | undefined {
  const name = serverName.toLowerCase();
  const dot = name.indexOf('.');
  const wildcard = dot === -1 ? undefined : `*${name.slice(dot)}`;
  return (
    slots.find(({ loaded }) => loaded.names.includes(name)) ??
    (wildcard === undefined ? undefined : slots.find(({ loaded }) => loaded.names.includes(wildcard)))
  );
}

function describe({ files, names, notAfter, fingerprint }: LoadedCertificate) {
  return { file: files.certificate, names, notAfter: new Date(notAfter).toISOString(), fingerprint };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
