/** What reaches people by email, and when, for tests of the whole deployment. */
import { expect } from 'vitest';
import type { SecurityGroupRule } from '../../src/domain/estate.ts';
import type { Notice } from '../../src/notice/notice.ts';
import { authorize } from './events.ts';
import { ACCOUNT, type World } from './world.ts';

export type SentMail = { readonly at: number; readonly notice: Notice };

/** Milliseconds within which people must be named what is open. */
const WITHIN = 300_000;
const HOUR = 3_600_000;

/** Every email from now on, with its time. */
export function mailsOf(at: World): readonly SentMail[] {
  const mails: SentMail[] = [];
  const publish = at.notifier.publish.bind(at.notifier);
  at.notifier.publish = async (notice, mail) => {
    const id = await publish(notice, mail);
    if (mail) mails.push({ at: at.clock.now().getTime(), notice });
    return id;
  };
  return mails;
}

/** The most emails in any hour. */
export function mostInAnHour(mails: readonly SentMail[]): number {
  return Math.max(0, ...mails.map((mail) => mails.filter(({ at }) => at > mail.at - HOUR && at <= mail.at).length));
}

/** @param since when each was reported to programs, by the id that an email must name */
export function expectNamed(mails: readonly SentMail[], since: ReadonlyMap<string, number>): void {
  const late = [...since].filter(
    ([id, from]) => !mails.some(({ at, notice }) => at <= from + WITHIN && mentions(notice, id)),
  );
  expect(late.map(([id]) => id)).toEqual([]);
}

export function mentions({ subject, text }: Notice, id: string): boolean {
  return subject.includes(id) || text.includes(id);
}

/** When programs were first notified of each resource with this outcome. */
export function reportedOf(at: World, ...outcomes: readonly string[]): ReadonlyMap<string, number> {
  const since = new Map<string, number>();
  for (const { notice } of at.notifier.notices) {
    const id = (notice.json.resource as { id: string } | undefined)?.id;
    if (id === undefined || !outcomes.includes(notice.attributes.outcome) || since.has(id)) continue;
    since.set(id, Date.parse(String(notice.json.at)));
  }
  return since;
}

export const groupId = (n: number) => `sg-${String(n).padStart(17, '0')}`;
const ruleId = (n: number) => `sgr-${String(n).padStart(17, '0')}`;

/** A group is opened, by the user of this name. */
export function openGroup(at: World, n: number, { user = 'kim', port = 22, vpcId = 'vpc-1' } = {}): void {
  const id = groupId(n);
  at.securityGroups.addGroup({ id, name: `group ${n}`, ownerId: ACCOUNT, vpcId, tags: {} });
  const source = { kind: 'ipv4', cidr: '0.0.0.0/0' } as const;
  const rule: SecurityGroupRule = {
    ...{ id: ruleId(n), groupId: id, egress: false, protocol: 'tcp', source, description: null },
    ...{ fromPort: port, toPort: port },
  };
  at.securityGroups.open(rule);
  const event = authorize(at.clock.iso(), {
    ...{ id: rule.id, groupId: id, cidr: '0.0.0.0/0' },
    ...{ fromPort: port, toPort: port },
  });
  const userIdentity = { type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/${user}`, accountId: ACCOUNT };
  at.send('security-groups', { ...event, detail: { ...event.detail, userIdentity } });
}
