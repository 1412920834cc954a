import { expect, it } from 'vitest';
import type { Baseline } from '../../src/domain/estate.ts';
import { ACCOUNT, REGION, shippedPolicy, World } from './world.ts';

const BASELINE: Baseline = { name: 'lt-1 version 1', userData: null, securityGroupIds: ['sg-1'], profile: null };
const HOUR = 3600;

function verdict(at: World, resourceId: string) {
  const time = at.clock.iso();
  const detail = {
    resourceId,
    resourceType: 'AWS::EC2::Instance',
    awsRegion: REGION,
    awsAccountId: ACCOUNT,
    configRuleName: 'as-launched',
    configRuleARN: `arn:aws:config:${REGION}:${ACCOUNT}:config-rule/config-rule-1`,
    messageType: 'ComplianceChangeNotification',
    newEvaluationResult: { complianceType: 'NON_COMPLIANT', resultRecordedTime: time },
    oldEvaluationResult: { complianceType: 'COMPLIANT' },
  };
  const type = 'Config Rules Compliance Change';
  return { id: 'e-1', 'detail-type': type, source: 'aws.config', account: ACCOUNT, time, region: REGION, detail };
}

/** The version that it was launched from can be deleted by whoever altered the machine. */
it('what differs from its template stays an incident when the template can be read no more', async () => {
  const configVerdicts = [{ configRule: 'as-launched', means: ['user-data-changed'] }];
  const none = { perGroup: 0, perHour: 3 };
  const at = new World(shippedPolicy('enforce', { budget: none, configVerdicts } as never));
  const tags = { 'undrift:replace': 'allowed' };
  const [altered = ''] = at.fleet.addGroup({ name: 'web', desired: 3, max: 6, tags }, BASELINE);
  at.fleet.alter(altered, { userData: 'IyEvYmluL3NoCg==' });
  at.send('instances', verdict(at, altered));
  await at.run(60);
  expect(at.incident()).toMatchObject({ status: 'held', guard: 'budget' });
  at.fleet.forgetBaseline('web');
  await at.run(3 * HOUR);
  expect(at.incident()).toMatchObject({ status: 'held', guard: 'unreadable' });
  expect(at.notifier.single.map(({ subject }) => subject)).toEqual([
    expect.stringContaining('Held (budget)'),
    expect.stringContaining('Held (unreadable)'),
  ]);
  at.fleet.change((world) => ({ ...world, baselines: { ...world.baselines, web: BASELINE } }));
  at.policy = { ...at.policy, budget: { perGroup: 1, perHour: 3 } };
  await at.run(2 * HOUR);
  expect(at.fleet.callsOf('replace').map(({ args }) => args[0])).toEqual([altered]);
  expect(at.incident()).toMatchObject({ status: 'closed', closedBy: 'undrift' });
});
