import { expect, it } from 'vitest';
import { ruleIds, tcp } from '../../../scripts/scene/estate.mjs';
import { type Deployed, noticesAbout } from '../deployed.ts';
import {
  expectLeftAlone,
  expectRevoked,
  groupWith,
  type Kept,
  OFFICE,
  open,
  openHarmless,
  PRIVATE,
} from './network-scene.ts';

/** How much of the internet is too much: one /8 of IPv4 or one /27 of IPv6 is not, and what was there first stays. */
export function limitScenarios(deployed: () => Deployed, kept: Kept): void {
  it.concurrent.each([
    ['one /8', tcp(22, '52.0.0.0/8')],
    ['a /27 of IPv6', tcp(22, '2600::/27')],
  ])('leaves alone what is just within the limit: %s', async (_name, permission) => {
    const at = deployed();
    const { groupId, siblings } = await groupWith(at, PRIVATE, OFFICE);
    const ids = await openHarmless(at, groupId, permission);
    await expectLeftAlone(at, groupId, [...siblings, ...ids], kept);
  });

  it.concurrent('revokes more than a /27 of IPv6, and the /27 that was there before stays', async () => {
    const at = deployed();
    const { groupId, siblings } = await groupWith(at, PRIVATE, OFFICE);
    const first = await openHarmless(at, groupId, tcp(22, '2600::/27'));
    const gone = await open(at, groupId, tcp(22, '2a00::/26'));
    await expectRevoked(at, { groupId, gone, left: [...siblings, ...first] }, kept);
  });

  it.concurrent('revokes the second of two /8, and the first stays', async () => {
    const at = deployed();
    const { groupId, siblings } = await groupWith(at, PRIVATE, OFFICE);
    const first = await openHarmless(at, groupId, tcp(22, '52.0.0.0/8'));
    const gone = await open(at, groupId, tcp(22, '54.0.0.0/8'));
    await expectRevoked(at, { groupId, gone, left: [...siblings, ...first] }, kept);
  });

  it.concurrent('revokes one of two /8 that were opened by one call', async () => {
    const at = deployed();
    const { groupId, siblings } = await groupWith(at, PRIVATE);
    const ids = await open(at, groupId, tcp(22, '52.0.0.0/8', '54.0.0.0/8'));
    await noticesAbout(at, groupId, 1);
    const live = await ruleIds(at.clients, groupId);
    const gone = ids.filter((id) => !live.includes(id));
    expect(gone).toHaveLength(1);
    const left = [...siblings, ...ids.filter((id) => !gone.includes(id))];
    await expectRevoked(at, { groupId, gone, left }, kept);
  });

  it.concurrent('takes one of nine /12 that were added beside a legitimate /9, which stays', async () => {
    const at = deployed();
    const { groupId, siblings } = await groupWith(at, PRIVATE);
    const legitimate = await openHarmless(at, groupId, tcp(22, '52.0.0.0/9'));
    const added = Array.from({ length: 9 }, (_, n) => `13.${n * 16}.0.0/12`);
    const ids = await open(at, groupId, tcp(22, ...added));
    await noticesAbout(at, groupId, 1);
    const live = await ruleIds(at.clients, groupId);
    const gone = ids.filter((id) => !live.includes(id));
    // 2^23 + 8 · 2^20 is 2^24, which is not more than the limit.
    expect(gone).toHaveLength(1);
    const left = [...siblings, ...legitimate, ...ids.filter((id) => !gone.includes(id))];
    await expectRevoked(at, { groupId, gone, left }, kept);
  });
}
