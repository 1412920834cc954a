import { describe, expect, it } from 'vitest';
import type { SecurityGroupRule } from '../../../src/domain/estate.ts';
import { restNotes } from '../../../src/notice/rule-notes.ts';
import { recordable } from '../../../src/works/former.ts';
import { rule } from '../rules/perfect.ts';

/** As many tags as EC2 takes, each as long as it can be. */
const heavy = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`${n}`.padEnd(128, 'k'), 'v'.repeat(256)]));

describe('the rules that the record of an act keeps', () => {
  it('are as they were read', () => {
    const rules = [rule('a', { tags: { team: 'web' } }), rule('b')];
    expect(recordable(rules)).toEqual(rules);
  });

  it('lose tags that whoever made them could make too many, and the notification says so', () => {
    const rules = recordable(Array.from({ length: 1000 }, (_, n) => rule(`r${n}`, { tags: heavy })));
    expect(JSON.stringify(rules).length).toBeLessThan(500_000);
    expect(rules[0]?.tags).toEqual(heavy);
    expect(rules[999]).toEqual({ ...rule('r999'), tagsLeftOut: true });
    expect(restNotes({ action: 'authorize-rules', rules })).toEqual([
      'Some rules had more tags than the record has room for: they come back without tags.',
    ]);
  });
});

describe('what a command cannot put back', () => {
  const peer = (peeringStatus: string): SecurityGroupRule =>
    rule('a', { source: { kind: 'security-group', id: 'sg-9', peeringId: 'pcx-9', peeringStatus } });

  it.each<[string, SecurityGroupRule, string[]]>([
    ['a peering connection that is active needs no word', peer('active'), []],
    [
      'a peering connection that is gone is named',
      peer('deleted'),
      [
        'The peering connection pcx-9 to sg-9 was deleted when undrift read the rule. EC2 accepts the rule only while that connection is active.',
      ],
    ],
    [
      'tags of AWS are left out',
      rule('a', { tags: { 'aws:cloudformation:stack-name': 'web', team: 'web' } }),
      ['Tags whose keys begin with aws: are for AWS to set, and are left out.'],
    ],
  ])('%s', (_title, one, notes) => {
    expect(restNotes({ action: 'authorize-rules', rules: [one] })).toEqual(notes);
  });
});
