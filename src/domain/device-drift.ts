import { type DevicePart, deviceName } from './drift-path.ts';
import type { Baseline, Comparison, DeviceSays, Difference, Instance, Untold, Volume } from './estate.ts';

/** How the volumes of an instance differ from the devices that its template declares and its image brings. */
export function compareDevices(instance: Instance, baseline: Baseline): Comparison {
  const declared = baseline.devices ?? [];
  const ofDeclared = declared.map((says) => compareDevice(says, instance.volumes.find(isAt(says.device))));
  const further = instance.volumes.filter(({ device }) => !declared.some((says) => isAt(says.device)({ device })));
  const root = instance.rootDevice;
  const ofFurther = further
    .filter((volume) => root === null || !isAt(root)(volume))
    .map((volume) => compareFurther(volume, baseline.imageDevices));
  const all = [...ofDeclared, ...ofFurther];
  return { differences: all.flatMap((it) => it.differences), untold: all.flatMap((it) => it.untold) };
}

const isAt = (device: string) => (volume: { readonly device: string }) =>
  deviceName(volume.device) === deviceName(device);

function compareDevice(says: DeviceSays, volume: Volume | undefined): Comparison {
  const path = `block-devices/${deviceName(says.device)}` as const;
  if (volume === undefined) return { differences: [{ path, expected: 'a volume', found: 'none' }], untold: [] };
  const differences: Difference[] = [];
  const untold: Untold[] = [];
  for (const [part, expected, found] of partsOf(says, volume)) {
    if (expected === undefined || expected === found) continue;
    const at = `${path}/${part}` as const;
    if (found === undefined) untold.push({ path: at, why: `the ${part} of ${volume.id} is not known` });
    else differences.push({ path: at, expected, found });
  }
  return { differences, untold };
}

type Part = readonly [part: DevicePart, expected: string | undefined, found: string | undefined];

function partsOf(says: DeviceSays, volume: Volume): readonly Part[] {
  return [
    ['size', gibibytes(says.size), gibibytes(volume.size)],
    ['type', says.type, volume.type],
    // Where an account encrypts by default, or the snapshot is encrypted, a template's "no" is overruled at launch.
    ['encrypted', says.encrypted === true ? 'true' : undefined, spelt(volume.encrypted)],
    ['delete-on-termination', spelt(says.deleteOnTermination), spelt(volume.deleteOnTermination)],
  ];
}

const spelt = (value: boolean | undefined) => (value === undefined ? undefined : String(value));
const gibibytes = (size: number | undefined) => (size === undefined ? undefined : `${size} GiB`);

function compareFurther({ id, device }: Volume, imageDevices: readonly string[] | undefined): Comparison {
  const path = `block-devices/${deviceName(device)}` as const;
  if (imageDevices === undefined) {
    return { differences: [], untold: [{ path, why: `whether the image brings ${id} is not known` }] };
  }
  const brought = imageDevices.some((it) => isAt(it)({ device }));
  return { differences: brought ? [] : [{ path, expected: 'none', found: id }], untold: [] };
}
