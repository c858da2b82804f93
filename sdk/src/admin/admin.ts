/** Where the Admin API is, and what opens it. */
export interface AdminClientOptions {
  url: string;
  apiKey: string;
}
