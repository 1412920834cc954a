import { describe, expect, it } from 'vitest';
import { UNITS, type Unit } from '../../src/domain/incident.ts';
import { Refused, Retryable } from '../../src/roles.ts';
import { ACCOUNT, HEARTBEAT, REGION, SCHEDULER_ROLE, World } from './world.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** PutParameter as CloudTrail records it: the value is hidden, whatever it was. */
function putParameter(at: string, { role = SCHEDULER_ROLE, name = HEARTBEAT } = {}) {
  const session = { sessionIssuer: { type: 'Role', arn: role, accountId: ACCOUNT, userName: 'undrift' } };
  return {
    version: '0',
    id: '0a1b2c3d-0000-4000-8000-000000000001',
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.ssm',
    account: ACCOUNT,
    time: at,
    region: REGION,
    resources: [],
    detail: {
      eventVersion: '1.11',
      userIdentity: { type: 'AssumedRole', arn: `${role}/session`, accountId: ACCOUNT, sessionContext: session },
      eventTime: at.replace(/\.\d+Z$/, 'Z'),
      eventSource: 'ssm.amazonaws.com',
      eventName: 'PutParameter',
      awsRegion: REGION,
      requestParameters: { name, value: 'HIDDEN_DUE_TO_SECURITY_REASONS', type: 'String', overwrite: true },
      responseElements: { version: 7, tier: 'Standard' },
      requestID: '0a1b2c3d-0000-4000-8000-000000000002',
      eventID: '0a1b2c3d-0000-4000-8000-000000000003',
      recipientAccountId: ACCOUNT,
    },
  };
}

/** A world with a trail and a rule for each unit, of which some do not work. */
function world(...broken: readonly Unit[]) {
  const at = new World();
  const working = new Set(UNITS.filter((unit) => !broken.includes(unit)));
  at.watching.heartbeat.parameter.written = (sentAt) => {
    for (const unit of working) at.send(unit, putParameter(sentAt));
  };
  return { at, working };
}
const minutesOf = (at: World, unit: Unit) =>
  at.meter.counts
    .filter(({ name, dimensions }) => name === 'HeartbeatMinutes' && dimensions.unit === unit)
    .map(({ value }) => value);
const outcomes = (at: World) => at.notifier.notices.map(({ notice }) => notice.attributes.outcome);

describe('the heartbeat', () => {
  it('comes back to each unit every hour, opens no incident, and nobody is notified', async () => {
    const { at } = world();
    await at.run(5 * HOUR);
    expect(at.watching.heartbeat.parameter.values).toHaveLength(5);
    for (const unit of UNITS) expect(Math.max(...minutesOf(at, unit)), unit).toBeLessThan(1);
    expect([at.ledger.incidents, at.notifier.notices, at.parked, at.errors]).toEqual([[], [], [], []]);
    expect(at.meter.total('Irrelevant')).toBe(0);
  });

  it('that does not come back to one unit rings after half an hour, and people are notified of that unit once a day', async () => {
    const { at } = world('networks');
    await at.run(30 * MINUTE);
    expect(Math.max(...minutesOf(at, 'networks'))).toBeLessThan(30);
    await at.run(2 * MINUTE);
    expect(minutesOf(at, 'networks').at(-1)).toBeGreaterThanOrEqual(30);
    expect(minutesOf(at, 'instances').at(-1)).toBe(0);
    expect(at.notifier.subjects).toEqual([`[undrift] Action required: no events reach networks in ${REGION}`]);
    await at.run(23 * HOUR);
    expect(outcomes(at)).toEqual(['sensor-silent']);
    // Hours later it still rings: further calls do not reset it.
    expect(minutesOf(at, 'networks').slice(32)).toSatisfy((all: number[]) => all.every((minutes) => minutes >= 30));
    await at.run(HOUR);
    expect(outcomes(at)).toEqual(['sensor-silent', 'sensor-silent']);
  });

  it('that comes back again is reported, so that people look at what was changed meanwhile', async () => {
    const { at, working } = world('instances');
    await at.run(40 * MINUTE);
    working.add('instances');
    await at.run(HOUR);
    expect(outcomes(at)).toEqual(['sensor-silent', 'sensor-back']);
    expect(minutesOf(at, 'instances').at(-1)).toBe(0);
  });

  it.each([
    ['another role', { role: `arn:aws:iam::${ACCOUNT}:role/undrift-dev-RecheckRole-1A2B3` }],
    ['another parameter', { name: '/undrift/dev/pause' }],
  ])('is not believed of %s', async (_case, forged) => {
    const { at } = world(...UNITS);
    for (let n = 0; n < 7; n += 1) {
      await at.run(5 * MINUTE);
      for (const unit of UNITS) at.send(unit, putParameter(at.clock.iso(), forged));
    }
    expect(outcomes(at)).toEqual(['sensor-silent']);
    expect(at.parked).toEqual([]);
  });

  it('is not believed out of the dead-letter queue, where its text may be forged', async () => {
    const { at } = world(...UNITS);
    await at.run(MINUTE);
    for (const unit of UNITS) at.redrive(unit, putParameter(at.clock.iso()));
    await at.run(35 * MINUTE);
    expect(outcomes(at)).toEqual(['sensor-silent']);
    expect(at.waiting).toBe(0);
  });

  it.each([null, 'no object', { name: 7 }, {}])(
    'whose request is %j is dropped, and never dead-lettered',
    async (odd) => {
      const { at } = world();
      const event = putParameter(at.clock.iso());
      at.send('instances', { ...event, detail: { ...event.detail, requestParameters: odd, userIdentity: odd } });
      await at.run(MINUTE);
      expect([at.parked, at.waiting]).toEqual([[], 0]);
    },
  );

  it('goes on while undrift is paused', async () => {
    const { at } = world();
    at.pause.text = 'stopped';
    await at.run(3 * HOUR);
    // At once, as the change of the parameter runs the scheduler, and then every hour.
    expect(at.watching.heartbeat.parameter.values).toHaveLength(4);
  });

  it('that cannot be sent fails the run, and the next minute tries again', async () => {
    const { at } = world();
    at.watching.heartbeat.parameter.failNext(new Retryable('throttled'), 'write');
    await at.run(2 * MINUTE);
    expect(at.errors).toEqual([expect.stringContaining('send the heartbeat: throttled')]);
    expect(at.watching.heartbeat.parameter.values).toHaveLength(1);
  });

  it('that can no longer be sent is missing from when it was due, and a unit that was silent before stays so', async () => {
    const { at } = world('networks');
    await at.run(45 * MINUTE);
    Object.assign(at.watching.heartbeat.parameter, { write: () => Promise.reject(new Refused('not allowed')) });
    await at.run(44 * MINUTE);
    expect(minutesOf(at, 'networks').at(-1)).toBeGreaterThan(87);
    expect(at.notifier.subjects).toEqual([`[undrift] Action required: no events reach networks in ${REGION}`]);
    await at.run(3 * MINUTE);
    const others = `[undrift] Action required: no events reach security-groups, instances in ${REGION}`;
    expect(at.notifier.subjects.slice(1)).toEqual([others]);
    await at.run(24 * HOUR);
    expect(outcomes(at)).toEqual(Array(4).fill('sensor-silent'));
    expect(at.errors.at(-1)).toContain('send the heartbeat: not allowed');
  });

  it('is not missed for the time in which the scheduler did not run', async () => {
    const { at } = world();
    await at.run(10 * MINUTE);
    at.clock.advance(5 * HOUR);
    await at.run(10 * MINUTE);
    expect(outcomes(at)).toEqual([]);
    expect(Math.max(...minutesOf(at, 'networks'))).toBeLessThan(1);
  });

  it('that a unit cannot record is not tried again: it is missed, and rings', async () => {
    const { at } = world();
    const down = () => Promise.reject(new Retryable('the ledger is down'));
    Object.assign(at.watching.heartbeat.returns, { record: down });
    await at.run(35 * MINUTE);
    expect([at.waiting, at.parked]).toEqual([0, []]);
    expect(outcomes(at)).toEqual(['sensor-silent']);
  });
});

describe('people are reminded every day', () => {
  it('of dead letters, for as long as they lie there', async () => {
    const { at } = world();
    at.watching.deadLetters.instances.lying = 2;
    await at.run(49 * HOUR);
    const subject = `[undrift] Reminder: 2 dead letters (instances) in ${REGION}`;
    expect(at.notifier.subjects).toEqual([subject, subject]);
    at.watching.deadLetters.instances.lying = 0;
    await at.run(30 * HOUR);
    expect(at.notifier.subjects).toHaveLength(2);
  });

  it('of a stop without an end', async () => {
    const { at } = world();
    at.pause.text = 'stopped';
    await at.run(25 * HOUR);
    expect(outcomes(at)).toEqual(['paused', 'reminder']);
    expect(at.notifier.subjects[1]).toBe(`[undrift] Reminder: stopped in ${REGION}`);
  });

  it('that no person hears the alarms, an hour after it was so', async () => {
    const { at } = world();
    Object.assign(at.watching.subscriptions.alarms, { people: 0, machines: 2 });
    await at.run(59 * MINUTE);
    expect(at.notifier.notices).toEqual([]);
    await at.run(3 * MINUTE);
    expect(at.notifier.subjects).toEqual([`[undrift] Reminder: nobody hears alarms in ${REGION}`]);
  });

  it('also where SNS refused the first reminder', async () => {
    const { at } = world();
    at.watching.deadLetters.scheduler.lying = 1;
    await at.run(24 * HOUR - MINUTE);
    at.notifier.failNext(new Retryable('SNS is down'), 'publish');
    await at.run(5 * MINUTE);
    expect(outcomes(at)).toEqual(['reminder']);
  });
});
