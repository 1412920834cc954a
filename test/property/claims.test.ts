import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NONE_BEGUN } from '../../src/aws/slot-hour.ts';
import { NO_SLOTS, outIn } from '../../src/aws/slot-records.ts';
import { type Waiting, waitingOf } from '../../src/aws/slot-waiting.ts';
import { release, take } from '../../src/aws/slots.ts';
import { SEVERITIES } from '../../src/domain/urgency.ts';

const START = Date.parse('2026-03-02T10:00:00.000Z');
/** A claim is good for three minutes, and written anew when half of them are over. */
const SURE_SECONDS = 90;

/** Who asks for a slot, and whose incident is over. The severity of an instance stays. */
type Step = { readonly instance: number; readonly act: 'ask' | 'over'; readonly wait: number };
const steps = fc.array(
  fc.record({
    instance: fc.integer({ min: 0, max: 11 }),
    act: fc.constantFrom('ask' as const, 'ask' as const, 'ask' as const, 'over' as const),
    wait: fc.constantFrom(0, 1, 20, 60, 120),
  }),
  { maxLength: 60 },
);
const severityOf = (instance: number) => SEVERITIES[instance % SEVERITIES.length] ?? 'low';
const keysOf = (waiting: Waiting) => Object.values(waiting).flatMap((claims) => claims.map((it) => it.incidentKey));

/** Plays a life, and shows each moment: who asked, what came of it, who holds a slot, and who was refused lately. */
function play(life: readonly Step[], perGroup: number, perHour: number, see: (moment: Moment) => void): void {
  let [group, account, now] = [NO_SLOTS, NONE_BEGUN, START];
  const refused = new Map<number, number>();
  for (const { instance, act, wait } of life) {
    now += wait * 1000;
    const at = new Date(now).toISOString();
    const incident = { group: 'web', instanceId: `i-${instance}`, incidentKey: `i-${instance}` };
    const before = outIn(group, at);
    let got = false;
    if (act === 'over') {
      const after = release(group, account, { ...incident, successor: null }, at);
      [group, account] = [after.group ?? group, after.account ?? account];
      refused.delete(instance);
    } else {
      const until = new Date(now + 1200_000).toISOString();
      const severity = severityOf(instance);
      const after = take(group, account, { ...incident, perGroup, perHour, severity, now: at, until });
      [group, account] = [after.group ?? group, after.account ?? account];
      got = after.answer.kind === 'taken' && !before.includes(incident.instanceId);
      if (after.answer.kind === 'taken') refused.delete(instance);
      else refused.set(instance, now);
    }
    const lately = [...refused].filter(([, when]) => now - when < SURE_SECONDS * 1000).map(([it]) => it);
    see({ instance, got, act, holders: outIn(group, at), lately, claims: [group.waiting, account.waiting] });
  }
}
type Moment = {
  readonly instance: number;
  readonly act: Step['act'];
  /** Whether it took a slot that it did not have. */
  readonly got: boolean;
  readonly holders: readonly string[];
  readonly lately: readonly number[];
  readonly claims: readonly Waiting[];
};

describe('claims on a slot', () => {
  it('whoever was refused is never overtaken by a lower severity while its claim lasts', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 5 }), (life, perGroup) => {
        play(life, perGroup, 1000, ({ instance, got, holders, lately }) => {
          if (!got) return;
          const rank = SEVERITIES.indexOf(severityOf(instance));
          const worse = lately.filter((it) => SEVERITIES.indexOf(severityOf(it)) < rank);
          expect(perGroup - holders.length).toBeGreaterThanOrEqual(worse.length);
        });
      }),
    );
  });

  it('none outlives its turn, or its incident', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 9 }), (life, perGroup, perHour) => {
        play(life, perGroup, perHour, ({ instance, act, holders, claims }) => {
          const waiting = claims.flatMap(keysOf);
          expect(waiting.filter((key) => holders.includes(key))).toEqual([]);
          if (act === 'over') expect(waiting).not.toContain(`i-${instance}`);
        });
      }),
    );
  });

  it('there is one for an incident in each record, and twenty for a severity, at most', () => {
    const many = fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 50, maxLength: 150 });
    fc.assert(
      fc.property(many, (instances) => {
        const life = instances.map((instance) => ({ instance, act: 'ask' as const, wait: 0 }));
        play(life, 0, 1000, ({ claims: [waiting = {}] }) => {
          expect(new Set(keysOf(waiting)).size).toBe(keysOf(waiting).length);
          for (const severity of SEVERITIES) expect(waiting[severity]?.length ?? 0).toBeLessThanOrEqual(20);
        });
      }),
    );
  });

  it('from before they had names keep the last slot for as long, and go with their time', () => {
    const waiting = waitingOf({ high: '2026-03-02T10:03:00.000Z' });
    const asks = (now: string) => {
      const ask = { group: 'web', instanceId: 'i-1', incidentKey: 'i-1', perGroup: 1, perHour: 9, now, until: now };
      return take({ ...NO_SLOTS, waiting }, { ...NONE_BEGUN, waiting }, { ...ask, severity: 'medium' }).answer.kind;
    };
    expect(asks('2026-03-02T10:02:59.999Z')).toBe('full');
    expect(asks('2026-03-02T10:03:00.000Z')).toBe('taken');
    expect(waitingOf(undefined)).toEqual({});
  });
});
