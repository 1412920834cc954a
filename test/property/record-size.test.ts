/** Whatever an event, a tag or a name brings, no record of the ledger outgrows what it may take. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundedIncident, RECORD_LIMIT } from '../../src/aws/incident-bounds.ts';
import { ITEM_LIMIT, itemSize } from '../../src/aws/item-size.ts';
import { groupBudgetPk, incidentItem, MAIL_PK, readingPk } from '../../src/aws/ledger-items.ts';
import { inverseIn, plannedPreImage } from '../../src/aws/pre-images.ts';
import { planned } from '../../src/aws/put-plan.ts';
import { readingOf, storedReading } from '../../src/aws/readings.ts';
import { type Begun, NONE_BEGUN } from '../../src/aws/slot-hour.ts';
import { type GroupSlots, NO_SLOTS } from '../../src/aws/slot-records.ts';
import { release, take } from '../../src/aws/slots.ts';
import { whyNotStorable } from '../../src/aws/storable.ts';
import { causesOf, collected, NOTHING_WAITS } from '../../src/aws/waiting-mail.ts';
import { causeOf } from '../../src/decide/stakes.ts';
import type { Change } from '../../src/domain/change.ts';
import type { SecurityGroupRule } from '../../src/domain/estate.ts';
import type { EarlierOccurrence } from '../../src/domain/history.ts';
import type { Incident } from '../../src/domain/incident.ts';
import { keyOf, shortKey } from '../../src/domain/key.ts';
import { minimalRecord } from '../../src/domain/minimal.ts';
import { occurrenceOf } from '../../src/domain/occurrence.ts';
import { noted } from '../../src/domain/taint-by-hand.ts';
import { SEVERITIES } from '../../src/domain/urgency.ts';
import { perfectEmail } from '../contract/email.ts';
import { perfectIncident } from '../contract/incident.ts';

const RUNS = { numRuns: 40 };
const WRITE_ID = 'w'.repeat(36);

/** Up to 200 KB of text, of one to four bytes a character. */
const text = fc
  .tuple(fc.constantFrom('x', 'ж', '字', '🔓', '\ud83d', '"', '\u0000'), fc.nat(50_000))
  .map(([character, count]) => character.repeat(count));
/** As many as `most`, which is where AWS's quotas are, or nearly so. */
const many = <T>(most: number, nth: (n: number) => T) =>
  fc.oneof(fc.nat(most), fc.constant(most)).map((count) => Array.from({ length: count }, (_, n) => nth(n)));
const ruleId = (n: number) => `sgr-${n.toString(16).padStart(17, '0')}`;
const instanceId = (n: number) => `i-${n.toString(16).padStart(17, '0')}`;
const AT = '2026-03-01T12:00:00.000Z';

function rule(n: number, description: string): SecurityGroupRule {
  const source = { kind: 'ipv6', cidr: '2001:0db8:85a3:0000:0000:8a2e:0370:7334/128' } as const;
  return {
    id: ruleId(n),
    groupId: 'sg-1',
    egress: false,
    protocol: 'tcp',
    fromPort: 1,
    toPort: 65_535,
    source,
    description,
  };
}

/** A long life under one attacker: everything that only explains is as long as can be. */
const longLife = fc.record({
  words: text,
  lines: fc.nat(3000),
  ruleIds: many(1000, ruleId),
  occurrences: many(600, (n) => occurrenceOf(String(n))),
  attempts: fc.nat(300),
  interfaces: many(
    4000,
    (n) => ({ type: 'network-interface', id: `eni-${n.toString(16).padStart(17, '0')}` }) as const,
  ),
  entries: fc.nat(60),
});

type Life = typeof longLife extends fc.Arbitrary<infer T> ? T : never;

function incidentOf({ words, lines, ruleIds, occurrences, attempts, interfaces, entries }: Life): Incident {
  const base = perfectIncident();
  const names = { name: words, owner: words, madeBy: words };
  const actor = {
    arn: words,
    type: words,
    issuerArn: words,
    sourceIdentity: words,
    instanceId: words,
    invokedBy: words,
  };
  const fact = { kind: 'rules-added', egress: false, ruleIds } as const;
  const change: Change = { ...base.change, name: words, actor, fact, resources: [base.resource, ...interfaces] };
  const told = { tag: words, value: words, on: 'image' } as const;
  const open: Incident = {
    ...base,
    key: keyOf(['security-group', words]),
    finding: { ...base.finding, summary: words, evidence: Array.from({ length: lines }, () => words.slice(0, 1000)) },
    about: names,
    change,
    decision: {
      ...base.decision,
      reason: words,
      remediation: { action: 'revoke-rules', groupId: 'sg-1', egress: false, ruleIds },
    },
    outcome: { kind: 'failed', why: words, retryable: true },
    ran: { ...RAN, build: told, commit: told, unread: [words, words] },
    inverse: { action: 'authorize-rules', rules: ruleIds.map((_, n) => rule(n, words.slice(0, 255))) },
    seenRounds: occurrences,
    found: {
      at: AT,
      summary: words,
      severity: 'high',
      evidence: Array.from({ length: lines }, () => words.slice(0, 1000)),
    },
    earlier: Array.from({ length: 10 }, () => earlier(words)),
    attempts: Array.from({ length: attempts }, () => ({ at: AT, round: base.round, requestId: base.id, error: words })),
    noticesSent: Array.from({ length: 60 }, (_, n) => `held/baseline-changed/${10 ** (n % 15)}`),
  };
  const said = { by: words, reason: words, until: AT, at: AT };
  return Array.from({ length: entries }, () => said).reduce(noted, open);
}

const earlier = (words: string): EarlierOccurrence => ({
  ...{ round: occurrenceOf(words), at: AT, call: words, eventId: words, actor: words, summary: words },
  ...{ outcome: 'already-done', closedBy: 'undrift', closedAt: AT },
});

const RAN = {
  instanceId: instanceId(1),
  launchedAt: AT,
  image: null,
  template: null,
  build: null,
  commit: null,
  unread: [],
};

const itemOf = (incident: Incident) => incidentItem(planned(incident).raised, WRITE_ID);

describe('the record of an incident', () => {
  it('stays below its limit within the quotas of AWS, however long its life and its words', () => {
    fc.assert(
      fc.property(longLife, (life) => {
        expect(whyNotStorable(itemOf(incidentOf(life)), RECORD_LIMIT)).toBeNull();
      }),
      RUNS,
    );
  });

  it('stays below its limit with everything at its longest', () => {
    const life = {
      words: '🔓'.repeat(50_000),
      lines: 3000,
      ruleIds: Array.from({ length: 1000 }, (_, n) => ruleId(n)),
      occurrences: Array.from({ length: 600 }, (_, n) => occurrenceOf(String(n))),
      attempts: 300,
      interfaces: Array.from(
        { length: 4000 },
        (_, n) => ({ type: 'network-interface', id: `eni-${ruleId(n)}` }) as const,
      ),
      entries: 60,
    };
    const size = itemSize(itemOf(incidentOf(life)));
    expect(size).toBeLessThan(RECORD_LIMIT);
    // Nothing of it is bounded for no reason: the rooms add up to most of the limit.
    expect(size).toBeGreaterThan(RECORD_LIMIT * 0.8);
  });

  it('keeps the occurrence, its attempt, operator decisions, notifications and what is acted upon', () => {
    fc.assert(
      fc.property(longLife, (life) => {
        const incident = incidentOf(life);
        const { raised } = planned(incident);
        expect(raised.seenRounds.at(-1)).toBe(incident.seenRounds.at(-1));
        expect(raised.attempts.at(-1)?.requestId).toBe(incident.attempts.at(-1)?.requestId);
        expect(raised.taint).toEqual(incident.taint);
        expect(raised.noticesSent).toEqual(incident.noticesSent);
        expect(raised.decision.remediation).toEqual(incident.decision.remediation);
        expect(raised.change.fact).toEqual(incident.change.fact);
      }),
      RUNS,
    );
  });

  it('is not cut any further when it is written again', () => {
    fc.assert(
      fc.property(longLife, (life) => {
        const once = boundedIncident(incidentOf(life));
        expect(boundedIncident(once)).toEqual(once);
      }),
      RUNS,
    );
  });

  it('has a minimal form that can be stored, also beyond every quota', () => {
    const ruleIds = Array.from({ length: 20_000 }, (_, n) => ruleId(n));
    fc.assert(
      fc.property(longLife, (life) => {
        const incident = incidentOf({ ...life, ruleIds });
        expect(whyNotStorable(itemOf(incident), RECORD_LIMIT)).toMatch(/bytes/);
        const minimal = minimalRecord({ ...incident, inverse: null }, 'too large');
        expect(whyNotStorable(itemOf(minimal), RECORD_LIMIT)).toBeNull();
        expect(minimal.unrecorded?.what).toEqual(
          expect.arrayContaining(['the ids that the call named', 'what was to be taken away']),
        );
      }),
      { numRuns: 10 },
    );
  });
});

describe('what undo needs', () => {
  it('comes back whole from items that each fit, 1,000 rules with 255 characters of any script', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('x', 'ж', '字', '🔓🔒', '\ud83d'),
        many(1000, (n) => n),
        (characters, ns) => {
          const inverse = {
            action: 'authorize-rules',
            rules: ns.map((n) => rule(n, characters.repeat(255).slice(0, 255))),
          } as const;
          const plan = plannedPreImage(perfectIncident({ inverse }));
          for (const item of plan?.items ?? []) expect(whyNotStorable(item)).toBeNull();
          expect(plan === null ? null : inverseIn(plan.items, plan.preImage)).toEqual(inverse);
        },
      ),
      RUNS,
    );
  });

  it('is nothing when a part is missing or another one lies there', () => {
    const rules = Array.from({ length: 1000 }, (_, n) => rule(n, '字'.repeat(255)));
    const plan = plannedPreImage(perfectIncident({ inverse: { action: 'authorize-rules', rules } }));
    if (plan === null) throw new Error('there is a pre-image');
    expect(plan.items.length).toBeGreaterThan(1);
    expect(inverseIn([...plan.items.slice(1), null], plan.preImage)).toBeNull();
    expect(inverseIn(plan.items.toReversed(), plan.preImage)).toBeNull();
  });
});

describe('the other records', () => {
  it('a reading fits, or is not recorded', () => {
    fc.assert(
      fc.property(
        many(6000, (n) => n),
        text,
        (ns, words) => {
          const rules = ns.map((n) => rule(n, words.slice(0, 255)));
          const ids = rules.map(({ id }) => id);
          const reading = { kind: 'security-group', cleanRuleIds: ids, rules, earlier: [] } as const;
          const stored = storedReading('sg-1', reading);
          const item = { pk: readingPk('sg-1'), reading: stored, at: AT, expiresAt: 1_800_000_000 };
          expect(itemSize(item)).toBeLessThan(ITEM_LIMIT);
          if (ns.length <= 1000) expect(readingOf(item)).toMatchObject({ cleanRuleIds: ids });
        },
      ),
      RUNS,
    );
  });

  it('the budgets of a group and of the account fit with as many slots as a policy may allow', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 0, max: 1500 }), (words, count) => {
        let [group, account]: [GroupSlots, Begun] = [NO_SLOTS, NONE_BEGUN];
        for (let n = 0; n < count; n += 1) {
          const resource = { type: 'instance', id: instanceId(n) } as const;
          const finding = { ...perfectIncident().finding, key: keyOf(['instance', resource.id, words]), resource };
          const actor = { ...perfectIncident().change.actor, arn: words };
          const request = {
            group: 'web',
            instanceId: resource.id,
            incidentKey: shortKey(finding.key),
            perGroup: n % 3 === 0 ? 0 : 5000,
            perHour: n % 2 === 0 ? 1000 : 0,
            severity: SEVERITIES[n % SEVERITIES.length] ?? 'low',
            cause: causeOf(finding, { ...perfectIncident().change, actor, at: AT }),
            now: AT,
            until: '2026-03-01T12:20:00.000Z',
          };
          const after = take(group, account, request);
          [group, account] = [after.group ?? group, after.account ?? account];
          if (n % 5 !== 0) continue;
          const freed = release(group, account, { ...request, successor: instanceId(n + 5000) }, AT);
          [group, account] = [freed.group ?? group, freed.account ?? account];
        }
        const version = { version: 1_000_000, writeId: WRITE_ID, expiresAt: 1_800_000_000 };
        expect(whyNotStorable({ pk: groupBudgetPk('g'.repeat(255)), ...group, ...version })).toBeNull();
        expect(whyNotStorable({ pk: 'budget#account', ...account, ...version })).toBeNull();
      }),
      { numRuns: 6 },
    );
  });

  it('the record of emails fits, with the most emails an hour that a policy may allow', () => {
    fc.assert(
      fc.property(text, (words) => {
        const causes = causesOf(perfectEmail({ rule: words, principal: words, group: words }));
        const emails = Array.from({ length: 1000 }, () => ({ kind: 'information', at: AT, list: true, causes }));
        expect(itemSize({ pk: MAIL_PK, emails })).toBeLessThan(ITEM_LIMIT);
      }),
      { numRuns: 10 },
    );
  });

  it('an email that waits is small, whatever it is about', () => {
    fc.assert(
      fc.property(text, (words) => {
        const long = { subject: words, principal: words, group: words, resource: words };
        const waits = collected(NOTHING_WAITS, perfectEmail(long), AT);
        expect(itemSize({ pk: 'mail#x', email: JSON.stringify(waits) })).toBeLessThan(20_000);
      }),
      { numRuns: 10 },
    );
  });
});
