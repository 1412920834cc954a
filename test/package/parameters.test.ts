import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageTemplate, remove } from './stage.ts';

/** What is said while packaging with these parameters, or the fault. */
async function saidWith(params: Readonly<Record<string, string>>): Promise<string> {
  try {
    const packaged = await packageTemplate(params);
    await remove(packaged);
    return packaged.said;
  } catch (error) {
    // osls tells its faults on standard output.
    return `FAULT ${error instanceof Error && 'stdout' in error ? error.stdout : error}`;
  }
}

const WARNING = '`email` is not set';

describe('the parameters of a deployment', () => {
  it.each([{ logRetentionDays: '30' }, { topicArn: 'arn:aws:sns:us-east-1:123456789012:alerts' }])(
    'are warned of when nobody would get alarms by email, and no more than that: %o',
    async (params) => {
      const said = await saidWith(params);
      expect(said).toContain(WARNING);
      expect(said).not.toContain('FAULT');
    },
  );

  it('are not warned of with an email', async () => {
    const said = await saidWith({ email: 'platform@example.com' });
    expect(said).not.toContain(WARNING);
    expect(said).not.toContain('FAULT');
  });

  it.each([
    [{ emial: 'platform@example.com' }, 'there is no parameter emial. Did you mean email?'],
    [{ topicarn: 'arn:aws:sns:us-east-1:123456789012:alerts' }, 'Did you mean topicArn?'],
    [{ colour: 'red' }, 'there is no parameter colour. There are: policy, email, topicArn,'],
  ])('are refused with the unknown name in %o', async (params, words) => {
    const said = await saidWith({ ...params });
    expect(said).toMatch(/^FAULT /u);
    expect(said.replaceAll(/\s+/gu, ' ')).toContain(words);
  });

  it.each(['aws:autoscaling:groupName', 'AWS:team'])(
    'are refused with %s as the tag to opt in',
    async (optInTagKey) => {
      const said = await saidWith({ optInTagKey });
      expect(said).toMatch(/^FAULT /u);
      expect(said.replaceAll(/\s+/gu, ' ')).toContain(
        `optInTagKey "${optInTagKey}" begins with aws:, which AWS reserves`,
      );
    },
  );

  it('are refused with a policy that is not there', async () => {
    const said = await saidWith({ policy: 'none.yml' });
    expect(said).toMatch(/^FAULT /u);
    expect(said.replaceAll(/\s+/gu, ' ')).toContain(
      'The policy none.yml cannot be read (ENOENT). Name another with --param policy=FILE.',
    );
  });

  it('may tag every resource of the stack', async () => {
    const packaged = await packageTemplate({ tags: 'team=web, cost-centre=4 2,' });
    const state = JSON.parse(await readFile(join(packaged.folder, 'serverless-state.json'), 'utf8'));
    await remove(packaged);
    expect(state.service.provider.stackTags).toEqual({ application: 'undrift', team: 'web', 'cost-centre': '4 2' });
  });

  it.each([
    ['team', 'tags: "team" is not key=value'],
    ['aws:team=web', 'begins with aws:'],
    ['te*m=web', 'is no key of a tag'],
  ])('are refused with the tags %s', async (tags, words) => {
    const said = await saidWith({ tags });
    expect(said).toMatch(/^FAULT /u);
    expect(said.replaceAll(/\s+/gu, ' ')).toContain(words);
  });
});
