/** Client certificates for `/service`, on Node: by `undici`, which an application that uses this brings along. */
export { type ClientCertificate, createCertificateFetch } from './create-certificate-fetch.ts';
