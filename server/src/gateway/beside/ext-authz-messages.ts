/** The messages of ext-authz.proto, as they are in memory. */
import { join } from 'node:path';
import { loadSync } from '@grpc/proto-loader';

export const EXT_AUTHZ_SERVICE = 'envoy.service.auth.v3.Authorization';
export const EXT_AUTHZ_DEFINITION = loadSync(join(import.meta.dirname, 'ext-authz.proto'), {
  keepCase: true,
  defaults: false,
});

interface CheckMethod {
  path: string;
  /** @throws for what is no such message. */
  requestDeserialize(bytes: Buffer): CheckRequest;
  responseSerialize(response: CheckResponse): Buffer;
}

/** How the service is called, and its messages from bytes and to bytes. */
export const EXT_AUTHZ_CHECK = (EXT_AUTHZ_DEFINITION[EXT_AUTHZ_SERVICE] as { Check: unknown }).Check as CheckMethod;

/** With `defaults: false`: what was not sent is not there. */
export interface CheckRequest {
  attributes?: {
    source?: { address?: { socket_address?: { address?: string } } };
    request?: { http?: HttpRequest };
  };
}

export interface HttpRequest {
  method?: string;
  headers?: Record<string, string>;
  path?: string;
  host?: string;
  scheme?: string;
  header_map?: { headers?: { key?: string; value?: string; raw_value?: Uint8Array }[] };
}

/** OVERWRITE_IF_EXISTS_OR_ADD: what the caller sent under this name must not survive beside it. */
const OVERWRITE = 2;

export interface HeaderOption {
  header: { key: string; value: string };
  append_action: number;
  keep_empty_value: boolean;
}

export interface CheckResponse {
  status: { code: number; message?: string };
  denied_response?: { status: { code: number }; headers: HeaderOption[]; body: string };
  ok_response?: { headers: HeaderOption[]; headers_to_remove: string[]; response_headers_to_add: HeaderOption[] };
}

export function headerOptions(headers: readonly string[]): HeaderOption[] {
  const options: HeaderOption[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const header = { key: headers[index] ?? '', value: headers[index + 1] ?? '' };
    options.push({ header, append_action: OVERWRITE, keep_empty_value: true });
  }
  return options;
}
