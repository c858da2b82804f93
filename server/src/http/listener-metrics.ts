import { Counter, Gauge } from 'prom-client';
import type { CertificateSet } from '#gateway';
import type { Metrics } from './metrics.ts';

/** The certificates of one listener, or its lists of revoked ones. */
export interface ListenerCertificates {
  listener: 'control' | 'gateway' | 'beside';
  set: Pick<CertificateSet, 'status' | 'failedReloads' | 'close'>;
}

/** Whom the gateway's listener turned away before HTTP. */
export function collectRefusedConnections(
  { registry }: Metrics,
  refused: (() => Readonly<Record<string, number>>) | undefined,
): void {
  if (refused === undefined) return;
  new Counter({
    name: 'gatehouse_gateway_refused_connections_total',
    help: 'Connections that were closed before they said anything of HTTP, by why',
    labelNames: ['reason'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [reason, count] of Object.entries(refused())) this.inc({ reason }, count);
    },
  });
}

/** Until when the certificates of listeners last, and whether those that lie there now can be used. */
export function collectCertificates({ registry }: Metrics, listeners: readonly ListenerCertificates[]): void {
  if (listeners.length === 0) return;
  const registers = [registry];
  const files = () => listeners.flatMap(({ listener, set }) => set.status().map((status) => ({ listener, ...status })));
  new Gauge({
    name: 'gatehouse_certificate_expiry_seconds',
    help: 'When the certificate that is served expires, or the first list in the file, in seconds since the epoch',
    labelNames: ['listener', 'file'],
    registers,
    collect() {
      this.reset();
      for (const { listener, file, notAfter } of files())
        if (Number.isFinite(notAfter)) this.set({ listener, file }, notAfter / 1000);
    },
  });
  new Gauge({
    name: 'gatehouse_certificate_problem',
    help: '1 while the files as they lie there can not be used, and what was served before still is',
    labelNames: ['listener', 'file'],
    registers,
    collect() {
      this.reset();
      for (const { listener, file, problem } of files()) this.set({ listener, file }, problem === undefined ? 0 : 1);
    },
  });
  new Counter({
    name: 'gatehouse_certificate_reload_failures_total',
    help: 'How often changed certificate files could not be used, by listener',
    labelNames: ['listener'],
    registers,
    collect() {
      this.reset();
      for (const { listener, set } of listeners) this.inc({ listener }, set.failedReloads);
    },
  });
}
