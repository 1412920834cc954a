/** Keeps README and docs honest: what they name must be there, and what must be told is told. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadPolicy } from '../../../src/policy/load.ts';
import { commandsOf } from './commands.ts';

const root = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

const PAGES = [
  'README.md',
  'CHANGELOG.md',
  'docs/architecture.md',
  'docs/deploy.md',
  'docs/rights.md',
  'docs/notices.md',
  'docs/policy.md',
  'docs/runbook.md',
  'docs/threat-model.md',
  'docs/fidelity.md',
  ...readdirSync(new URL('docs/decisions/', root)).map((name) => `docs/decisions/${name}`),
];
const pages = PAGES.map((page) => ({ page, text: read(page) }));
const readme = read('README.md');

type Package = { readonly scripts: Readonly<Record<string, string>> };
type Serverless = { readonly params: { readonly default: Readonly<Record<string, unknown>> } };
const { scripts } = JSON.parse(read('package.json')) as Package;

/** `!Ref` and its like are CloudFormation's: here only `params` is read. */
const stack = parse(read('serverless.yml'), { logLevel: 'silent' }) as Serverless;
const params = Object.keys(stack.params.default).sort();

/** As GitHub makes them: lower case, no punctuation, dashes for spaces. */
function anchors(text: string): readonly string[] {
  return [...text.matchAll(/^#{1,4} (.+)$/gmu)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^a-z0-9 _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** What a pattern's first group finds, each once. */
function all(text: string, pattern: RegExp): readonly string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, found = '']) => found))];
}

describe.each(pages)('$page', ({ page, text }) => {
  it('names only npm scripts that package.json has', () => {
    for (const name of all(text, /npm run ([\w:-]+)/gu)) expect(Object.keys(scripts)).toContain(name);
  });

  it('links only to files and headings that are there', () => {
    for (const link of all(text, /\]\(([^)\s]+)\)/gu)) {
      if (/^https?:/u.test(link)) continue;
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? new URL(page, root) : new URL(path, new URL(page, root));
      expect(existsSync(target), link).toBe(true);
      if (anchor !== undefined) expect(anchors(readFileSync(target, 'utf8')), link).toContain(anchor);
    }
  });

  it('names only files of the project that are there', () => {
    const named = all(text, /`((?:src|handlers|cli|infra|docs|events|scripts|test)\/[\w./-]*)`/gu);
    for (const path of named) expect(existsSync(new URL(path, root)), path).toBe(true);
  });

  it('names only events that are there', () => {
    for (const path of all(text, /(events\/[\w.-]+\.json)/gu)) expect(existsSync(new URL(path, root)), path).toBe(true);
  });

  it('gives only parameters that the stack has', () => {
    for (const name of all(text, /--param (\w+)=/gu)) {
      if (name !== 'name') expect(params).toContain(name);
    }
  });

  it('names only commands that undrift has, and options that their help has', () => {
    const commands = all(read('cli/main.ts'), /\{ name: '(\w+)'/gu);
    expect(commands).toContain('explain');
    for (const { name, rest } of commandsOf(text)) {
      expect(commands).toContain(name);
      const sources = ['', '/arguments'].map((part) => `cli/${name === 'resume' ? 'pause' : name}${part}.ts`);
      const help = sources.filter((path) => existsSync(new URL(path, root))).map(read);
      for (const option of all(rest, /(--[a-z-]+)/gu)) expect(help.join('\n'), name).toContain(option);
    }
  });

  it('holds no path of a machine and no typing aid', () => {
    expect(text).not.toMatch(/\/home\/|\/root\/|\/work\/|\/Users\/|\t/u);
  });
});

describe('README.md', () => {
  it('has a row for each parameter of the stack, and no other', () => {
    const section = readme.slice(readme.indexOf('### Parameters'), readme.indexOf('### Update and remove'));
    expect(all(section, /^\| `(\w+)` \|/gmu).toSorted()).toEqual(params);
  });

  it.each(params)('says of %s the default that serverless.yml has', (name) => {
    const value = stack.params.default[name];
    if (typeof value === 'object') return;
    const cell = value === '' ? 'none' : `\`${String(value)}\``;
    expect(readme).toContain(`| \`${name}\` | ${cell} |`);
  });

  it('counts the alarms as the template has them', () => {
    const alarms = [...read('infra/alarms.yml').matchAll(/Type: AWS::CloudWatch::Alarm\n(\s+Condition: OwnTopic)?/gu)];
    const always = alarms.filter(([, condition]) => condition === undefined);
    expect(readme).toContain(`- ${alarms.length} alarms (${always.length} if you bring a topic)`);
  });

  it('names the two commands, and what they need', () => {
    expect(readme).toContain('```sh\nnpm run demo\nnpm test\n```');
    const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
    expect(readme).toContain(`Node ${engines.node.replace('>=', '')} or newer`);
  });

  it('shows a policy that is valid', () => {
    const [, policy = ''] = /```yaml\n(version: 1[\s\S]*?)```/u.exec(readme) ?? [];
    expect(loadPolicy(policy, 'README.md', new Date('2026-12-01T00:00:00Z')).policy.mode).toBe('enforce');
  });

  it('shows modes that the shipped policy takes', () => {
    const modes = all(readme, /```yaml\n(modes:[\s\S]*?)```/gu);
    expect(modes).toHaveLength(2);
    for (const entry of modes) {
      const text = read('policy.yml').replace('\nmodes: []\n', `\n${entry}`);
      const { policy } = loadPolicy(text, 'README.md', new Date('2026-12-01T00:00:00Z'));
      expect(policy.modes.length).toBeGreaterThan(0);
    }
  });

  it('makes a policy to play with in which sessions and commands are acted upon, and nothing else is changed', () => {
    const [, script = ''] = /sed -E '([^']+)' policy\.yml > copy\.yml/u.exec(readme) ?? [];
    const { stdout } = spawnSync('sed', ['-E', script], { input: read('policy.yml'), encoding: 'utf8' });
    const policyOf = (text: string) => loadPolicy(text, 'policy.yml', new Date('2026-12-01T00:00:00Z')).policy;
    const shipped = policyOf(read('policy.yml'));
    const entered = { mode: null, graceMinutes: 0 };
    expect(policyOf(stdout)).toEqual({
      ...shipped,
      instanceRules: { ...shipped.instanceRules, 'session-started': entered, 'command-run': entered },
      budget: { ...shipped.budget, perHour: 30 },
    });
  });

  it('links each page of docs', () => {
    const linked = pages.map(({ text }) => text).join('\n');
    for (const name of readdirSync(new URL('docs/', root)).filter((one) => one.endsWith('.md'))) {
      expect(readme.includes(`docs/${name}`) || linked.includes(`(${name}`), name).toBe(true);
    }
  });
});

describe('the example of docs/notices.md', () => {
  const [, example = ''] = /```json\n([\s\S]*?)```/u.exec(read('docs/notices.md')) ?? [];

  it('has the fields that src/notice/json.ts writes, in its order', () => {
    const source = read('src/notice/json.ts');
    const body = /return \{\n {4}schema([\s\S]*?)\n {2}\};/u.exec(source)?.[0] ?? '';
    const fields = all(body, /^ {4}(\w+)[:,]/gmu);
    expect(fields.length).toBeGreaterThan(15);
    expect(Object.keys(JSON.parse(example) as object)).toEqual(fields);
  });
});

describe('docs/rights.md', () => {
  const text = read('docs/rights.md');
  const roles = ['security-groups', 'instances', 'networks', 'recheck'].map(
    (file) => read(`infra/${file}.yml`).split('Type: AWS::IAM::Role')[1] ?? '',
  );
  const granted = all(
    roles.join('\n'),
    /\b(?:autoscaling|cloudtrail|dynamodb|ec2|elasticloadbalancing|iam|kms|logs|sns|sqs|ssm):(\w+)/gu,
  );
  const tables = text.slice(0, text.indexOf('## Who may speak'));
  const told = all(tables, /`(?:[a-z0-9]+:)?([A-Z][a-z]+[A-Z]\w+|Query|Publish|Decrypt)`/gu);

  it('reads the roles at all', () => {
    expect(granted.length).toBeGreaterThan(20);
  });

  it.each(granted)('names %s, which a role has', (action) => {
    // `kms:ViaService` is a condition.
    expect(action === 'ViaService' || told.includes(action)).toBe(true);
  });

  it.each(told.filter((name) => name !== 'ShouldDecrementDesiredCapacity'))(
    'names %s because a role has it',
    (action) => {
      expect([...granted, 'RequestedRegion', 'ResourceTag']).toContain(action);
    },
  );
});

describe('the examples of a policy', () => {
  const blocks = pages.flatMap(({ page, text }) =>
    all(text, /```yaml\n([\s\S]*?)```/gu).map((block, index) => ({ name: `${page}, block ${index + 1}`, block })),
  );
  const whole = blocks.filter(({ block }) => /^rules:/mu.test(block) && /^(mode|modes|version):/mu.test(block));

  it('are found at all', () => {
    expect(whole.length).toBeGreaterThanOrEqual(4);
  });

  it.each(whole)('are whole files where they look like it: $name', ({ block }) => {
    expect(() => loadPolicy(block, 'example', new Date('2026-11-21T00:00:00Z'))).not.toThrow();
  });

  it.each(pages)('do not expire soon: $page', ({ text }) => {
    for (const day of all(text, /expires: (\d{4}-\d{2}-\d{2})/gu)) {
      // More than a month ahead of the day on which this was written.
      expect(Date.parse(day)).toBeGreaterThan(Date.parse('2026-12-21'));
    }
  });
});

describe('the deployments that docs/runbook.md asks for', () => {
  const runbook = read('docs/runbook.md');

  it.each([...runbook.matchAll(/^.*\n.*sls deploy.*$/gmu)].map(([lines]) => lines))(
    'keep the parameters: %s',
    (lines) => {
      expect(lines).toContain('same --param as before');
    },
  );

  it('are for the stage and Region that its first lines export', () => {
    expect(runbook).toMatch(/export STAGE=prod AWS_REGION=eu-central-1 +# yours\nexport UNDRIFT_STAGE="\$STAGE"/u);
  });
});
