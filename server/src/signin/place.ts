/** Where a sign-in came from, as coarsely as a proxy in front was told to say it. */
export interface Place {
  /** ISO 3166-1, two letters. */
  country: string;
  region?: string;
  /** Degrees, rounded to whole ones: about a hundred kilometres. */
  latitude?: number;
  longitude?: number;
}

/** As people read it: "Bavaria, Germany". */
export function placeText({ country, region }: Place, locale = 'en'): string {
  const name = countryName(country, locale);
  return region === undefined ? name : `${region}, ${name}`;
}

function countryName(country: string, locale: string): string {
  try {
    return new Intl.DisplayNames([locale, 'en'], { type: 'region' }).of(country) ?? country;
  } catch {
    // A language tag that is none, or letters that are no country.
    return country;
  }
}

/** An airliner does 900; whoever is faster was not there. */
const KILOMETRES_PER_HOUR_MAX = 1000;
/** Both ends are rounded to whole degrees (157 km at most together), and networks are placed no better than that. */
const KILOMETRES_IN_DOUBT = 300;
const COUNTRIES_APART_MILLISECONDS = 3_600_000;
const EARTH_RADIUS_KILOMETRES = 6371;

/** Can nobody have been at both, so shortly after each other? Where only countries are known: another one within an hour. */
export function isTooFar(from: Place, to: Place, elapsedMilliseconds: number): boolean {
  const kilometres = distance(from, to);
  if (kilometres === undefined)
    return from.country !== to.country && elapsedMilliseconds < COUNTRIES_APART_MILLISECONDS;
  const reach = (Math.max(0, elapsedMilliseconds) / 3_600_000) * KILOMETRES_PER_HOUR_MAX;
  return kilometres - KILOMETRES_IN_DOUBT > reach;
}

/** Along a great circle (haversine). */
function distance(from: Place, to: Place): number | undefined {
  if (from.latitude === undefined || from.longitude === undefined) return undefined;
  if (to.latitude === undefined || to.longitude === undefined) return undefined;
  const [first, second] = [radians(from.latitude), radians(to.latitude)];
  const half =
    Math.sin((second - first) / 2) ** 2 +
    Math.cos(first) * Math.cos(second) * Math.sin(radians(to.longitude - from.longitude) / 2) ** 2;
  return 2 * EARTH_RADIUS_KILOMETRES * Math.asin(Math.min(1, Math.sqrt(half)));
}

const radians = (degrees: number) => (degrees * Math.PI) / 180;
