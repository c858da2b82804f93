/** RFC 6749 §2.3.1: the secret in the header, both encoded as form values first. */
export function basicAuthorization(clientId: string, clientSecret: string): string {
  return `Basic ${btoa(`${formEncode(clientId)}:${formEncode(clientSecret)}`)}`;
}

const formEncode = (text: string) => new URLSearchParams({ v: text }).toString().slice(2);
