/**
 * Climate normals of some fifty cities: mean temperature of January, July and the year in °C, and yearly precipitation
 * in mm, as national weather services publish them for 1991–2020 (or 1981–2010), rounded to whole degrees and ten
 * millimetres. Good for showing an API, not for designing a roof.
 */
export interface ClimateNormal {
  city: string;
  country: string;
  latitude: number;
  longitude: number;
  januaryMeanCelsius: number;
  julyMeanCelsius: number;
  yearMeanCelsius: number;
  yearPrecipitationMillimetres: number;
}

type Row = readonly [
  city: string,
  country: string,
  lat: number,
  lon: number,
  jan: number,
  jul: number,
  year: number,
  rain: number,
];

const ROWS: readonly Row[] = [
  ['Accra', 'GH', 5.6, -0.19, 28, 26, 27, 790],
  ['Addis Ababa', 'ET', 9.03, 38.74, 16, 16, 16, 1160],
  ['Amsterdam', 'NL', 52.37, 4.9, 4, 18, 11, 850],
  ['Athens', 'GR', 37.98, 23.73, 10, 30, 19, 400],
  ['Auckland', 'NZ', -36.85, 174.76, 20, 11, 15, 1120],
  ['Bangkok', 'TH', 13.76, 100.5, 28, 30, 29, 1650],
  ['Beijing', 'CN', 39.9, 116.41, -3, 27, 13, 530],
  ['Berlin', 'DE', 52.52, 13.41, 1, 20, 10, 580],
  ['Bogotá', 'CO', 4.71, -74.07, 13, 13, 13, 1010],
  ['Boston', 'US', 42.36, -71.06, -1, 23, 11, 1110],
  ['Buenos Aires', 'AR', -34.6, -58.38, 25, 11, 18, 1260],
  ['Cairo', 'EG', 30.04, 31.24, 14, 29, 22, 20],
  ['Cape Town', 'ZA', -33.92, 18.42, 21, 12, 17, 520],
  ['Chicago', 'US', 41.88, -87.63, -4, 24, 11, 960],
  ['Copenhagen', 'DK', 55.68, 12.57, 2, 18, 9, 610],
  ['Dakar', 'SN', 14.72, -17.47, 22, 28, 25, 410],
  ['Delhi', 'IN', 28.61, 77.21, 14, 31, 25, 770],
  ['Dubai', 'AE', 25.2, 55.27, 19, 36, 28, 80],
  ['Dublin', 'IE', 53.35, -6.26, 5, 16, 10, 760],
  ['Geneva', 'CH', 46.2, 6.14, 2, 21, 11, 950],
  ['Helsinki', 'FI', 60.17, 24.94, -3, 18, 7, 650],
  ['Hong Kong', 'HK', 22.32, 114.17, 17, 29, 24, 2430],
  ['Honolulu', 'US', 21.31, -157.86, 23, 27, 26, 420],
  ['Istanbul', 'TR', 41.01, 28.98, 6, 24, 15, 680],
  ['Jakarta', 'ID', -6.21, 106.85, 27, 28, 28, 1820],
  ['Johannesburg', 'ZA', -26.2, 28.05, 20, 10, 16, 710],
  ['Lagos', 'NG', 6.52, 3.38, 27, 26, 27, 1510],
  ['Lima', 'PE', -12.05, -77.04, 23, 17, 20, 10],
  ['Lisbon', 'PT', 38.72, -9.14, 12, 23, 17, 730],
  ['London', 'GB', 51.51, -0.13, 6, 19, 12, 620],
  ['Los Angeles', 'US', 34.05, -118.24, 14, 23, 18, 360],
  ['Madrid', 'ES', 40.42, -3.7, 6, 26, 15, 420],
  ['Melbourne', 'AU', -37.81, 144.96, 21, 11, 16, 620],
  ['Mexico City', 'MX', 19.43, -99.13, 15, 18, 17, 840],
  ['Montreal', 'CA', 45.5, -73.57, -9, 22, 7, 1000],
  ['Moscow', 'RU', 55.76, 37.62, -6, 20, 6, 710],
  ['Mumbai', 'IN', 19.08, 72.88, 25, 28, 28, 2210],
  ['Nairobi', 'KE', -1.29, 36.82, 20, 17, 19, 870],
  ['New York', 'US', 40.71, -74.01, 1, 25, 13, 1260],
  ['Oslo', 'NO', 59.91, 10.75, -2, 18, 7, 840],
  ['Paris', 'FR', 48.86, 2.35, 5, 21, 13, 630],
  ['Prague', 'CZ', 50.08, 14.44, 0, 20, 10, 500],
  ['Reykjavik', 'IS', 64.15, -21.94, 1, 12, 5, 880],
  ['Rio de Janeiro', 'BR', -22.91, -43.17, 27, 22, 25, 1180],
  ['Rome', 'IT', 41.9, 12.5, 8, 25, 16, 800],
  ['Santiago', 'CL', -33.45, -70.67, 21, 9, 15, 290],
  ['Seoul', 'KR', 37.57, 126.98, -2, 25, 13, 1420],
  ['Singapore', 'SG', 1.35, 103.82, 27, 28, 28, 2110],
  ['Stockholm', 'SE', 59.33, 18.07, -1, 19, 8, 550],
  ['Sydney', 'AU', -33.87, 151.21, 24, 13, 19, 1150],
  ['Tokyo', 'JP', 35.68, 139.69, 5, 26, 16, 1600],
  ['Toronto', 'CA', 43.65, -79.38, -3, 23, 10, 820],
  ['Vancouver', 'CA', 49.28, -123.12, 4, 18, 11, 1180],
  ['Vienna', 'AT', 48.21, 16.37, 1, 21, 11, 650],
  ['Warsaw', 'PL', 52.23, 21.01, -1, 20, 9, 550],
];

/** By slug: lower case, accents dropped, spaces as hyphens (`mexico-city`). */
export const NORMALS: ReadonlyMap<string, ClimateNormal> = new Map(
  ROWS.map(([city, country, latitude, longitude, jan, jul, year, rain]) => [
    slugOf(city),
    {
      city,
      country,
      latitude,
      longitude,
      januaryMeanCelsius: jan,
      julyMeanCelsius: jul,
      yearMeanCelsius: year,
      yearPrecipitationMillimetres: rain,
    },
  ]),
);

export function slugOf(city: string): string {
  return city.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll(/\s+/g, '-');
}
