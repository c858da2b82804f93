/** A limit on everything. A limit that belongs to one room stands in that room; these are shared by several. */
export const LIMITS = {
  /** Name of a resource: fits a DNS label (RFC 1035 §2.3.4), so that a name can become a host name. */
  nameLengthMax: 63,
  /** Free text for people: descriptions, reasons. */
  textLengthMax: 1024,
  /** A URL; what common browsers and proxies carry without loss. */
  urlLengthMax: 2048,
  /** A credential in any header. A JWT with a hundred roles stays below it. */
  credentialLengthMax: 8192,
  /** Items in one page of a list, and the page that is given when none is asked for. */
  pageSizeMax: 500,
  pageSizeDefault: 50,
  /** Items in one array of a resource: scopes, roles, redirect URIs. */
  listLengthMax: 200,
  /** A body on the Admin API. A bundle of resources is the largest. */
  adminBodyBytesMax: 4 * 1024 * 1024,
  /** A form on the issuer's endpoints and pages. */
  formBodyBytesMax: 64 * 1024,
} as const;
