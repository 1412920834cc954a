import { type Family, parseCidr } from './cidr.ts';
import { type Space, subtract, union } from './space.ts';
import { GLOBAL_AFTER_ALL, NOT_GLOBAL } from './special.ts';

/** Normalised space of one family out of CIDR texts; texts of the other family are left out. */
export function spaceOf(family: Family, cidrs: readonly string[]): Space {
  return union(
    cidrs.flatMap((text) => {
      const cidr = parseCidr(text);
      return cidr?.family === family ? [cidr.interval] : [];
    }),
  );
}

const special = (family: Family): Space => subtract(spaceOf(family, NOT_GLOBAL), spaceOf(family, GLOBAL_AFTER_ALL));

export const NOT_INTERNET: Readonly<Record<Family, Space>> = { ipv4: special('ipv4'), ipv6: special('ipv6') };
