import { Counter, Gauge } from 'prom-client';
import type { CertificateSet } from '#gateway';
import type { Metrics } from './metrics.ts';

/** What the gateway's listener has to tell: until when its certificates last, and whom it turned away before HTTP. */
export function collectListenerMetrics(
  { registry }: Metrics,
  listener: {
    certificates: CertificateSet | undefined;
    refused: (() => Readonly<Record<string, number>>) | undefined;
  },
): void {
  const { certificates, refused } = listener;
  const registers = [registry];
  if (refused !== undefined) {
    new Counter({
      name: 'gatehouse_gateway_refused_connections_total',
      help: 'Connections that were closed before they said anything of HTTP, by why',
      labelNames: ['reason'],
      registers,
      collect() {
        this.reset();
        for (const [reason, count] of Object.entries(refused())) this.inc({ reason }, count);
      },
    });
  }
  if (certificates === undefined) return;
  new Gauge({
    name: 'gatehouse_gateway_certificate_expiry_seconds',
    help: 'When the certificate that is served expires, in seconds since the epoch, by its file',
    labelNames: ['file'],
    registers,
    collect() {
      this.reset();
      for (const { file, notAfter } of certificates.status())
        if (Number.isFinite(notAfter)) this.set({ file }, notAfter / 1000);
    },
  });
  new Gauge({
    name: 'gatehouse_gateway_certificate_problem',
    help: '1 while the files as they lie there can not be used, and what was served before still is',
    labelNames: ['file'],
    registers,
    collect() {
      this.reset();
      for (const { file, problem } of certificates.status()) this.set({ file }, problem === undefined ? 0 : 1);
    },
  });
  new Counter({
    name: 'gatehouse_gateway_certificate_reload_failures_total',
    help: 'How often changed certificate files could not be used',
    registers,
    collect() {
      this.reset();
      this.inc(certificates.failedReloads);
    },
  });
}
