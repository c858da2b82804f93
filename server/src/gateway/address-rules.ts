import { isIP } from 'node:net';
import { z } from 'zod';
import { addressRanges, type FieldError, isAddressRange, LIMITS } from '#base';

const ranges = z
  .array(
    z
      .string()
      .max(64)
      .refine(isAddressRange, 'must be an address or a range, for example 192.0.2.7 or 2001:db8::/32')
      .refine((text) => !/^::ffff:/i.test(text), 'must be written as IPv4, which is how such an address is compared'),
  )
  .min(1)
  .max(LIMITS.listLengthMax);

export const addressesSchema = z.strictObject({
  allow: ranges.optional().describe('Addresses and CIDR ranges that may call; nobody else then may.'),
  deny: ranges.optional().describe('Addresses and CIDR ranges that may not call. It wins over `allow`.'),
});

export type AddressesSpec = z.output<typeof addressesSchema>;

export function checkAddresses({ allow, deny }: AddressesSpec): FieldError[] {
  const errors: FieldError[] = [];
  if (allow === undefined && deny === undefined) {
    errors.push({ path: 'addresses', message: 'name addresses to `allow` or to `deny`' });
  }
  for (const [field, list = []] of Object.entries({ allow, deny })) {
    if (new Set(list).size < list.length) errors.push({ path: `addresses.${field}`, message: 'names something twice' });
  }
  return errors;
}

/** Why an address may not call. */
export type AddressRefusal = 'address_denied' | 'address_not_allowed' | 'address_unknown';

export type AddressRules = (address: string) => AddressRefusal | undefined;

export function compileAddresses({ allow, deny }: AddressesSpec): AddressRules {
  const isAllowed = allow && addressRanges(allow);
  const isDenied = deny && addressRanges(deny);
  return (address) => {
    // Of an address that can't be read nobody knows that it is not one of those denied.
    if (isIP(address) === 0) return 'address_unknown';
    // `fe80::1%eth0`: the zone is ours and no part of the address (RFC 4007 §11).
    const zone = address.indexOf('%');
    const plain = zone === -1 ? address : address.slice(0, zone);
    if (isDenied?.(plain)) return 'address_denied';
    return isAllowed === undefined || isAllowed(plain) ? undefined : 'address_not_allowed';
  };
}
