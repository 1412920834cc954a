/** The command as it is called: a process of its own, built where it is not. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fromRoot } from './files.ts';

const EVENT = fromRoot('events/cloudtrail.AuthorizeSecurityGroupIngress.world-ssh.json');
const at = { cwd: fromRoot('.'), encoding: 'utf8' } as const;

function undrift(argv: readonly string[], input = '') {
  return spawnSync(process.execPath, [fromRoot('cli/undrift.mjs'), ...argv], { ...at, input });
}

describe('undrift', () => {
  test('explains a file, with the policy of the folder it is called in', () => {
    const { status, stdout, stderr } = undrift(['explain', '--json', EVENT]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ decisions: [{ rule: 'internet' }] });
  });

  test('explains standard input', () => {
    const { status, stdout } = undrift(['explain', '--json', '-'], readFileSync(EVENT, 'utf8'));
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ input: '-', error: null });
  });

  test('says what is wrong in one line', () => {
    const { status, stdout, stderr } = undrift(['explain', 'nowhere.json']);
    expect({ status, stdout, stderr }).toEqual({
      status: 2,
      stdout: '',
      stderr: 'explain: nowhere.json: no such file\n',
    });
  });

  describe('the warning of the SDK about an older Node', () => {
    // Nobody answers there: the client is made, and nothing is sent to AWS.
    const nowhere = {
      PATH: process.env.PATH,
      AWS_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    };
    const older = 'data:text/javascript,Object.defineProperty(process,"version",{value:"v20.0.0"})';
    const said = (more: Readonly<Record<string, string>>) => {
      const env = { ...nowhere, ...more };
      const argv = ['--import', older, fromRoot('cli/undrift.mjs'), 'incidents'];
      return spawnSync(process.execPath, argv, { ...at, env }).stderr;
    };

    test('is kept back', () => {
      expect(said({})).toMatch(/^undrift: .*\n$/);
    });

    test('is shown to a user who wants it', () => {
      expect(said({ AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'false' })).toContain(
        'NodeVersionSupportWarning',
      );
    });
  });

  test('says nothing when whoever reads has seen enough', () => {
    const events = Array.from({ length: 400 }, () => `'${EVENT}'`).join(' ');
    const script = `'${process.execPath}' cli/undrift.mjs explain ${events} | head -n 1`;
    const { stdout, stderr } = spawnSync('bash', ['-c', script], at);
    expect({ stdout, stderr }).toEqual({ stdout: `${EVENT}\n`, stderr: '' });
  });

  test.runIf(existsSync('/dev/full'))('says in one line that the answer could not be written', () => {
    const script = `'${process.execPath}' cli/undrift.mjs explain '${EVENT}' > /dev/full`;
    const { status, stderr } = spawnSync('bash', ['-c', script], at);
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringMatching(/^undrift: .*ENOSPC.*\n$/) });
  });

  test('its version is stamped', () => {
    expect(undrift(['--version']).stdout).toMatch(/^undrift \d+\.\d+\.\d+\S* \([0-9a-f]{40}(-dirty)?\)\n$/);
  });
});
