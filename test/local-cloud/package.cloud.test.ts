import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensurePython } from '../../scripts/local/python.mjs';
import { type Packaged, packageTemplate, remove } from '../package/stage.ts';

const run = promisify(execFile);
let linter: string;
let packaged: Packaged;
beforeAll(async () => {
  // Installs what requirements.txt pins, or fails: a linter that is missing must not look like a clean template.
  linter = join(dirname(await ensurePython()), 'cfn-lint');
  packaged = await packageTemplate({ email: 'platform@example.com' });
});
afterAll(() => remove(packaged));

/** What cfn-lint has to say, empty when nothing. */
async function lint(region: string, file: string): Promise<string> {
  try {
    return (await run(linter, ['--regions', region, '--template', file])).stdout;
  } catch (fault) {
    const { stdout, stderr } = fault as { stdout: string; stderr: string };
    return `${stdout}${stderr}`;
  }
}

describe('cfn-lint', () => {
  it.each(['us-east-1', 'eu-central-1', 'us-gov-west-1', 'cn-north-1'])('finds nothing for %s', async (region) => {
    expect(await lint(region, join(packaged.folder, 'cloudformation-template-update-stack.json'))).toBe('');
  });

  it('is there to find something', async () => {
    const broken = join(packaged.folder, 'broken.json');
    const queue = { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 'long' } };
    await writeFile(broken, JSON.stringify({ Resources: { Queue: queue } }));
    expect(await lint('us-east-1', broken)).toMatch(/^E3012 .*integer/);
  });
});
