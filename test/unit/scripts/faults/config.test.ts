import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { faultsOf, SERVICES } from '../../../../scripts/local/faults/config.mjs';
import { loadFaults, profileNames } from '../../../../scripts/local/faults/load.mjs';

const THROTTLE = { service: 'ec2', kind: 'throttle', capacity: 100, refill: 20 };
const complaintOf = (value: unknown): string => {
  try {
    return `accepted: ${JSON.stringify(faultsOf(value))}`;
  } catch (error) {
    return (error as Error).message;
  }
};

describe('faults', () => {
  it('fill in what is left out', () => {
    expect(faultsOf({ faults: [THROTTLE, { service: 'sns', kind: 'delay', seconds: 3 }] })).toEqual({
      seed: '',
      faults: [
        { ...THROTTLE, actions: ['*'], probability: 1, from: 0, shared: false },
        {
          service: 'sns',
          kind: 'delay',
          actions: ['*'],
          probability: 1,
          from: 0,
          seconds: [3, 3],
        },
      ],
    });
  });

  it('come back the same when what was read is read again', () => {
    const read = faultsOf({ seed: 7, faults: [THROTTLE, { service: '*', kind: 'refuse', code: 'AccessDenied' }] });
    expect(faultsOf(JSON.parse(JSON.stringify(read)))).toEqual(read);
  });

  it.each([
    [null, 'faults: null is not valid; use an object with the keys seed and faults'],
    [{ fault: [] }, 'fault: unknown key; use seed, faults'],
    [{ faults: {} }, 'faults: not a list; use a list of faults, each with a service and a kind'],
    [{ faults: [THROTTLE, 'sns'] }, 'faults[1]: "sns" is not valid; use an object with a service and a kind'],
    [{ faults: [{ service: 'sns' }] }, 'faults[0].kind: missing; use throttle, error, refuse, reset, lose or delay'],
    [
      { faults: [{ ...THROTTLE, kind: 'constructor' }] },
      'faults[0].kind: "constructor" is not valid; use throttle, error, refuse, reset, lose or delay',
    ],
    [
      { faults: [{ ...THROTTLE, kapacity: 3 }] },
      'faults[0].kapacity: unknown key; use service, actions, probability, from, until, capacity, refill, shared, code',
    ],
    [
      { faults: [{ service: 'sns', kind: 'reset', status: 500 }] },
      'faults[0].status: unknown key; use service, actions, probability, from, until',
    ],
    [
      { faults: [{ kind: 'reset' }] },
      'faults[0].service: missing; use ec2, autoscaling, elasticloadbalancing, dynamodb, sns, sqs, ssm, iam, cloudtrail or "*"',
    ],
    ...['ec2x', 'auto-scaling', 'elbv2'].map((service): [unknown, string] => [
      { faults: [{ service, kind: 'reset' }] },
      `faults[0].service: "${service}" is not a service that undrift calls; use ec2, autoscaling, elasticloadbalancing, dynamodb, sns, sqs, ssm, iam, cloudtrail or "*"`,
    ]),
    [
      { faults: [{ ...THROTTLE, actions: 'Describe*' }] },
      'faults[0].actions: "Describe*" is not valid; use a list of action names, such as ["Describe*"]',
    ],
    [
      { faults: [{ ...THROTTLE, capacity: -1 }] },
      'faults[0].capacity: -1 is not valid; use a number of tokens, 0 or more',
    ],
    [
      { faults: [{ ...THROTTLE, probability: 0 }] },
      'faults[0].probability: 0 is not valid; use a number above 0 and up to 1',
    ],
    [{ faults: [{ ...THROTTLE, from: 5, until: 5 }] }, 'faults[0].until: 5 is not after from (5); use a later second'],
    [
      { faults: [{ service: 'sns', kind: 'error', status: 400 }] },
      'faults[0].status: 400 is not valid; use a status from 500 to 599',
    ],
    [
      { faults: [{ service: 'sns', kind: 'delay', seconds: [3, 1] }] },
      'faults[0].seconds: [3,1] is not valid; use seconds, or [least, most]',
    ],
  ])('refuse %j with the place and the fix', (value, complaint) => {
    expect(complaintOf(value)).toBe(complaint);
  });
});

/** The service as a signature names it, of each client of the SDK. */
const SIGNED_AS: Readonly<Record<string, string>> = {
  'auto-scaling': 'autoscaling',
  'elastic-load-balancing-v2': 'elasticloadbalancing',
};

it('can be set for each service that the functions have a client of', () => {
  const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join('src', file), 'utf8'));
  const clients = sources.flatMap((text) => [...text.matchAll(/'@aws-sdk\/client-([a-z0-9-]+)'/gu)]);
  const called = new Set(clients.map(([, client = '']) => SIGNED_AS[client] ?? client));
  expect([...called].sort()).toEqual([...SERVICES].sort());
});

describe('a file of faults', () => {
  const dir = mkdtempSync(join(tmpdir(), 'undrift-faults-'));
  const written = (name: string, text: string) => {
    writeFileSync(join(dir, name), text);
    return name;
  };

  it('may be YAML or JSON', async () => {
    const yaml = written('a.yml', 'faults:\n  - { service: ec2, kind: throttle, capacity: 100, refill: 20 }\n');
    const json = written('a.json', JSON.stringify({ faults: [THROTTLE] }));
    expect(await loadFaults(yaml, dir)).toEqual(await loadFaults(json, dir));
  });

  it.each([
    ['wrong.yml', 'faults:\n  - { service: ec2, kind: rest }\n', 'wrong.yml: faults[0].kind: "rest" is not valid; use'],
    ['torn.json', '{"faults": [', 'torn.json: '],
  ])('names the file in the complaint about %s', async (name, text, complaint) => {
    await expect(loadFaults(written(name, text), dir)).rejects.toThrow(complaint);
  });

  it('names the profiles where there is no such file', async () => {
    await expect(loadFaults('ec2-throtled', dir)).rejects.toThrow(
      'ec2-throtled: no such file; use a JSON or YAML file, or ec2-throttled, ledger-throttled, sns-down, ssm-throttled',
    );
  });

  it.each(profileNames())('comes with undrift and is valid: %s', async (name) => {
    const { seed, faults } = await loadFaults(name, dir);
    expect(seed).toBe(name);
    expect(faults.length).toBeGreaterThan(0);
  });
});
