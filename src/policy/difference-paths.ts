/** Paths of differences as `ignoredDifferences` names them: the closed list, and `*` where there are many. */
import { DEVICE_PARTS, type DriftPath, SINGLE_PATHS } from '../domain/drift-path.ts';
import { didYouMean } from './fault.ts';

const MANY = ['metadata-options/*', 'block-devices/*', 'tags/*'] as const;
const PLACES: readonly string[] = [...SINGLE_PATHS, ...MANY];
const PARTS: readonly string[] = ['*', ...DEVICE_PARTS];
const ALL = `${SINGLE_PATHS.join(', ')}, ${MANY.join(', ')}, tags/KEY, block-devices/DEVICE or block-devices/DEVICE/PART with one of ${DEVICE_PARTS.join(', ')}`;

/** The tail of `found "…"`, or null. `DEVICE` is a name without `/dev/`, or `*`. */
export function differencePathFault(path: string): string | null {
  if (PLACES.includes(path)) return null;
  const [place, key = '', part, ...more] = path.split('/');
  if (place === 'tags') return tagFault(path.slice('tags/'.length));
  if (place !== 'block-devices') return unknown(path, PLACES);
  if (path.startsWith('block-devices/dev/') || path.startsWith('block-devices//dev/')) {
    return `; did you mean block-devices/${path.replace(/^block-devices\/+dev\//, '')}? Devices are named without /dev/`;
  }
  if (!/^(?:\*|[a-z][a-z0-9]*)$/.test(key) || more.length > 0) return unknown(path, PLACES);
  if (part === undefined || PARTS.includes(part)) return null;
  return unknown(
    path,
    PARTS.map((it) => `block-devices/${key}/${it}`),
  );
}

function tagFault(key: string): string | null {
  if (key.startsWith('aws:')) return ', which AWS sets itself: it is never compared; leave it out';
  if (/^[^*?]+$/.test(key)) return null;
  return '; write tags/KEY with the whole key of a tag, or tags/* for every tag';
}

function unknown(path: string, candidates: readonly string[]): string {
  const meant = didYouMean(path, candidates);
  return meant === null ? `; write one of ${ALL}` : `, which is no path; did you mean ${meant}? All: ${ALL}`;
}

/** Whether what policy wrote takes in this path. A trailing `*` takes in all that is below. */
export function fitsPath(written: string, path: DriftPath): boolean {
  if (written === path) return true;
  const [place, key, part] = path.split('/');
  if (!written.includes('*') || place === undefined) return false;
  if (written === `${place}/*`) return key !== undefined;
  if (place !== 'block-devices') return false;
  const [, device, wanted] = written.split('/');
  if (device !== '*' && device !== key) return false;
  return part !== undefined && (wanted === '*' || wanted === part);
}
