import { expect, test } from 'vitest';
import { call, INSTANCE } from '../inbound/perfect.ts';
import { estate, machine } from './estate.ts';
import { run } from './fake-io.ts';
import { file } from './files.ts';

/** Its owner wants the instances of web-* left as they are. */
const policy = (select: string, rules = 'rules: [user-data-changed]') => `version: 1
mode: enforce
rules:
  internet:
    protects: [{ name: SSH, ports: [22] }]
  user-data-changed: {}
exemptions:
  - id: web-servers
    reason: The team works on them by hand.
    owner: team-web@example.com
    ${rules}
    select: ${select}
    expires: 2026-12-31
`;
const CHANGED = call('ModifyInstanceAttribute', { instanceId: INSTANCE, userData: '<sensitiveDataRemoved>' });

async function explained(text: string) {
  const known = estate({ Reservations: [{ Instances: [machine(INSTANCE)] }] });
  const options = ['--policy', file('exempt.yml', text), '--estate', file('estate.json', known)];
  const { code, out, err } = await run(['explain', file('event.json', CHANGED), ...options]);
  return { code, text: `${out}${err}`.replace(/\s+/g, ' ') };
}

test('an exemption of instances by security group is refused, and the instance is not replaced in spite of it', async () => {
  const { code, text } = await explained(policy('{ securityGroup: [web-*] }'));
  expect(code).toBe(2);
  expect(text).toMatch(
    /exempt\.yml:12:15 exemptions\[0\]\.select\.securityGroup: rule user-data-changed is about instances and has no security group to match; use autoScalingGroup, instance or vpc/,
  );
  expect(text).not.toContain('REMEDIATE');
});

test('by the old word for a security group it is refused, too', async () => {
  const { code, text } = await explained(policy('{ group: [web-*] }'));
  expect(code).toBe(2);
  expect(text).toContain('exemptions[0].select.group: unknown key; group is now securityGroup; rename the key');
  expect(text).not.toContain('REMEDIATE');
});

test('by Auto Scaling group the instance is held as exempted', async () => {
  const { code, text } = await explained(policy('{ autoScalingGroup: [web*] }'));
  expect(code).toBe(0);
  expect(text).toContain('HOLD rule user-data-changed guard exempted');
});

test('without rules, an exemption by security group is one of exposures, and policy check says so', async () => {
  const text = policy('{ securityGroup: [sg-0123456789abcdef0] }', 'ticket: WEB-1');
  expect((await explained(text)).text).toContain('REMEDIATE rule user-data-changed');
  const { code, out } = await run(['policy', 'check', file('exempt.yml', text)]);
  expect(code).toBe(0);
  expect(out).toMatch(
    /web-servers {2}until .* internet, egress, pipeline-only {2}where securityGroup sg-0123456789abcdef0/,
  );
});
