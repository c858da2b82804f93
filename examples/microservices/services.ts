/** Ten services of a shop, and who calls whom with which scope. gatehouse.yaml says the same to the issuer, and holds them to it. */

export interface ServiceCall {
  service: ServiceName;
  /** What the call needs there. */
  scope: string;
}

interface ServiceSpec {
  /** By what it can be asked for; of each, what it asks others for then. */
  operations: Readonly<Record<string, readonly ServiceCall[]>>;
}

export const SERVICE_NAMES = [
  'storefront',
  'catalog',
  'pricing',
  'discounts',
  'inventory',
  'orders',
  'payments',
  'fraud',
  'shipping',
  'addresses',
] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

export const SERVICES: Readonly<Record<ServiceName, ServiceSpec>> = {
  storefront: {
    operations: {
      'shop:browse': [{ service: 'catalog', scope: 'catalog:read' }],
      'shop:buy': [
        { service: 'catalog', scope: 'catalog:read' },
        { service: 'orders', scope: 'order:place' },
      ],
    },
  },
  catalog: {
    operations: {
      'catalog:read': [
        { service: 'pricing', scope: 'price:read' },
        { service: 'inventory', scope: 'stock:read' },
      ],
    },
  },
  pricing: { operations: { 'price:read': [{ service: 'discounts', scope: 'discount:read' }] } },
  discounts: { operations: { 'discount:read': [] } },
  inventory: { operations: { 'stock:read': [], 'stock:reserve': [] } },
  orders: {
    operations: {
      'order:place': [
        { service: 'inventory', scope: 'stock:reserve' },
        { service: 'payments', scope: 'payment:charge' },
        { service: 'shipping', scope: 'parcel:book' },
      ],
    },
  },
  payments: { operations: { 'payment:charge': [{ service: 'fraud', scope: 'risk:read' }] } },
  fraud: { operations: { 'risk:read': [] } },
  shipping: { operations: { 'parcel:book': [{ service: 'addresses', scope: 'address:read' }] } },
  addresses: { operations: { 'address:read': [] } },
};

/** What a token for this call must carry: its own scope, and those of every call that follows from it. No more. */
export function scopesFor({ service, scope }: ServiceCall): string[] {
  const below = SERVICES[service].operations[scope] ?? [];
  return [...new Set([scope, ...below.flatMap(scopesFor)])];
}

/** `shop:buy` is asked for at `/shop/buy`. */
export const pathOf = (operation: string) => `/${operation.replace(':', '/')}`;
