import { describe, expect, it } from 'vitest';
import type { Baseline } from '../../src/domain/estate.ts';
import { Retryable } from '../../src/roles.ts';
import { changeUserData } from './events.ts';
import { shippedPolicy, World } from './world.ts';

const BASELINE: Baseline = {
  name: 'lt-1 version 1',
  userData: null,
  securityGroupIds: ['sg-1'],
  profile: null,
  image: 'ami-0aaaaaaaaaaaaaaaa',
};
const GROUP = { name: 'web', desired: 3, max: 6, tags: { 'undrift:replace': 'allowed' } };

function altered(mode: 'observe' | 'enforce' = 'enforce') {
  const at = new World(shippedPolicy(mode));
  at.fleet.images.set('ami-0aaaaaaaaaaaaaaaa', { name: 'web-7', tags: { Build: '7', 'git-sha': '5f0c9e1' } });
  at.fleet.images.set('ami-0bbbbbbbbbbbbbbbb', { name: 'web-8', tags: { Build: '8' } });
  const [id = ''] = at.fleet.addGroup(GROUP, BASELINE);
  at.fleet.alter(id, { userData: 'IyEvYmluL3NoCg==' });
  at.send('instances', changeUserData(at.clock.iso(), id));
  return { at, id };
}
const asked = (at: World) => at.fleet.callsOf('launchedFrom').length;

describe('which version ran, who left it, and when', () => {
  it('is in the ledger and in the notice, of the altered instance and of its successor', async () => {
    const { at, id } = altered();
    at.fleet.change((world) => ({
      ...world,
      baselines: { web: { ...BASELINE, image: 'ami-0bbbbbbbbbbbbbbbb' } },
    }));
    await at.run(300);
    const { ran, change, replacement } = at.incident();
    expect(ran).toMatchObject({
      instanceId: id,
      image: { id: 'ami-0aaaaaaaaaaaaaaaa', name: 'web-7' },
      template: { name: 'web', version: '1' },
      build: { value: '7' },
      commit: { value: '5f0c9e1' },
      unread: [],
    });
    expect(change).toMatchObject({ name: 'ModifyInstanceAttribute', at: '2026-03-01T12:00:00Z' });
    expect(replacement?.successorRan).toMatchObject({
      instanceId: replacement?.successor,
      image: { id: 'ami-0bbbbbbbbbbbbbbbb', name: 'web-8' },
      build: { value: '8' },
      commit: null,
    });
    expect(at.notifier.notices[0]?.notice.json).toMatchObject({
      ran: { build: { value: '7' } },
      successorRan: { build: { value: '8' } },
    });
  });

  it('is known of what is held, is asked once, and outlives the image', async () => {
    const { at } = altered('observe');
    await at.run(60);
    at.fleet.images.set('ami-0aaaaaaaaaaaaaaaa', null);
    await at.run(7 * 3600);
    expect(at.fleet.callsOf('read').length).toBeGreaterThan(1);
    expect(at.incident()).toMatchObject({ status: 'held', ran: { image: { name: 'web-7' }, build: { value: '7' } } });
    expect(asked(at)).toBe(1);
  });

  it('is said to be missing where it is, and nothing waits for it', async () => {
    const { at } = altered();
    at.fleet.images.set('ami-0aaaaaaaaaaaaaaaa', null);
    await at.run(300);
    expect(at.incident()).toMatchObject({
      status: 'closed',
      ran: { image: { name: null }, build: null, unread: ['the image ami-0aaaaaaaaaaaaaaaa is not there (any more)'] },
    });
  });

  it('is not asked where nothing is found', async () => {
    const at = new World(shippedPolicy('enforce'));
    const [id = ''] = at.fleet.addGroup(GROUP, BASELINE);
    const event = changeUserData(at.clock.iso(), id) as { detail: { errorCode?: string } };
    at.send('instances', { ...event, detail: { ...event.detail, errorCode: 'Client.DryRunOperation' } });
    await at.run(60);
    expect(at.ledger.incidents).toEqual([]);
    expect(asked(at)).toBe(0);
  });
});

describe('a successor that cannot be read', () => {
  it('closes the incident all the same', async () => {
    const { at } = altered();
    const read = at.fleet.read.bind(at.fleet);
    at.fleet.read = async (resource) => {
      if (resource.id === 'i-00000000000000004') throw new Retryable('RequestLimitExceeded');
      return read(resource);
    };
    await at.run(300);
    expect(at.incident()).toMatchObject({
      status: 'closed',
      replacement: {
        successor: 'i-00000000000000004',
        successorRan: { instanceId: 'i-00000000000000004', image: null, unread: ['RequestLimitExceeded'] },
      },
    });
  });
});
