import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** The floors of the house: an import points down or sideways, never up. The longest prefix counts. */
const FLOORS: Readonly<Record<string, number>> = {
  'src/domain/': 0,
  'src/net/': 0,
  'src/build.d.ts': 0,
  'src/policy/': 1,
  'src/rules/': 1,
  'src/guards/': 1,
  'src/decide.ts': 2,
  'src/decide/': 2,
  'src/roles.ts': 2,
  'src/notice/': 2,
  'src/inbound/': 3,
  'src/aws/': 3,
  'src/work.ts': 3,
  'src/works/': 3,
  'src/act.ts': 3,
  'src/announce.ts': 3,
  'src/closings.ts': 3,
  'src/come-back.ts': 3,
  'src/counted-notifier.ts': 3,
  'src/deps.ts': 3,
  'src/due.ts': 3,
  'src/heartbeat.ts': 3,
  'src/judged.ts': 3,
  'src/read-together.ts': 3,
  'src/lists.ts': 3,
  'src/lock.ts': 3,
  'src/look.ts': 3,
  'src/looked.ts': 3,
  'src/loops.ts': 3,
  'src/mailing.ts': 3,
  'src/message-reports.ts': 3,
  'src/next-in-line.ts': 3,
  'src/notify-once.ts': 3,
  'src/outbox.ts': 3,
  'src/own-call.ts': 3,
  'src/passed.ts': 3,
  'src/pause.ts': 3,
  'src/proof.ts': 3,
  'src/ending.ts': 3,
  'src/batch.ts': 3,
  'src/recheck.ts': 3,
  'src/redriven.ts': 3,
  'src/region-look.ts': 3,
  'src/reconcile.ts': 3,
  'src/remediate.ts': 3,
  'src/run.ts': 3,
  'src/set-aside.ts': 3,
  'src/steps.ts': 3,
  'src/store.ts': 3,
  'src/telling.ts': 3,
  'src/worker.ts': 3,
  'src/wake.ts': 3,
  'src/wake-lines.ts': 3,
  'src/watching.ts': 3,
  'src/warming.ts': 3,
  'src/wiring.ts': 4,
  'handlers/': 4,
  'cli/': 4,
};

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FILES = ['src', 'handlers', 'cli'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
);
const TEXTS = new Map(FILES.map((file) => [file, withoutComments(readFileSync(join(ROOT, file), 'utf8'))]));

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

type Import = { readonly to: string; readonly typeOnly: boolean };

/** `import … from`, `export … from`, bare and dynamic imports. Paths of the repository, or names of packages. */
function importsOf(file: string): readonly Import[] {
  const text = TEXTS.get(file) ?? '';
  const statements = text.matchAll(/^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]/gm);
  const dynamic = text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g);
  return [
    ...[...statements].map(([, type, to = '']) => ({ to, typeOnly: type !== undefined })),
    ...[...dynamic].map(([, to = '']) => ({ to, typeOnly: false })),
  ].map(({ to, typeOnly }) => ({ to: to.startsWith('.') ? normalize(join(dirname(file), to)) : to, typeOnly }));
}

function floorOf(file: string): number | undefined {
  const [longest] = Object.keys(FLOORS)
    .filter((prefix) => file === prefix || (prefix.endsWith('/') && file.startsWith(prefix)))
    .sort((a, b) => b.length - a.length);
  return longest === undefined ? undefined : FLOORS[longest];
}

/** The files whose text matches. */
const having = (pattern: RegExp) => FILES.filter((file) => pattern.test(TEXTS.get(file) ?? ''));
const importing = (name: string) => FILES.filter((file) => importsOf(file).some(({ to }) => to.startsWith(name)));

describe('the floors', () => {
  it('are read: the test sees the files and their imports', () => {
    expect(FILES.length).toBeGreaterThan(100);
    expect(importsOf('src/look.ts').map(({ to }) => to)).toContain('src/decide.ts');
    expect(importsOf('src/act.ts').map(({ to }) => to)).toContain('src/domain/lifecycle.ts');
    expect(importsOf('src/roles.ts')).toContainEqual({ to: 'src/domain/change.ts', typeOnly: true });
  });

  it('every file is on one', () => {
    expect(FILES.filter((file) => floorOf(file) === undefined)).toEqual([]);
  });

  it.each(FILES)('%s imports nothing from above, and only what is there', (file) => {
    const own = importsOf(file).filter(({ to }) => /^(?:src|handlers|cli|test|scripts|bench)\//.test(to));
    const wrong = own.filter(({ to }) => (floorOf(to) ?? Number.POSITIVE_INFINITY) > (floorOf(file) ?? -1));
    expect(wrong.map(({ to }) => to)).toEqual([]);
    expect(own.filter(({ to }) => !FILES.includes(to)).map(({ to }) => to)).toEqual([]);
  });

  it('no file is loaded before itself: values are imported in no circle', () => {
    const below = new Map(FILES.map((file) => [file, importsOf(file).filter(({ typeOnly }) => !typeOnly)]));
    const circles: string[] = [];
    const done = new Set<string>();
    const walk = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      if (path.includes(file) || done.has(file)) return;
      for (const { to } of below.get(file) ?? []) walk(to, [...path, file]);
      done.add(file);
    };
    for (const file of FILES) walk(file, []);
    expect(circles).toEqual([]);
  });
});

describe('what only one place may do', () => {
  it('read the environment', () => {
    expect(having(/process\s*\.\s*env|process\[|\{[^}]*\benv\b[^}]*\}\s*=\s*process/)).toEqual([
      'src/wiring.ts',
      'cli/process-io.ts',
    ]);
  });

  it('know of the AWS SDK and of Powertools', () => {
    const elsewhere = (name: string) => importing(name).filter((file) => !file.startsWith('src/aws/'));
    expect(elsewhere('@aws-sdk/').sort()).toEqual(['cli/incidents.ts', 'cli/pause.ts', 'cli/stack.ts']);
    expect(elsewhere('@aws-lambda-powertools/')).toEqual([]);
  });

  it('read the time, sleep, or throw dice', () => {
    const found = having(/new Date\(\)|Date\.now\(|Math\.random|randomUUID|performance\.now|setTimeout|setInterval/);
    expect(found.filter((file) => !file.startsWith('cli/')).sort()).toEqual(['src/aws/chance.ts', 'src/aws/clock.ts']);
  });

  it('act: the flow, through the two works', () => {
    expect(having(/\.act\(/)).toEqual(['src/act.ts']);
    expect(having(/\.revoke\(/)).toEqual(['src/works/security-groups.ts']);
    // Not the method of strings: that one takes a pattern and words.
    expect(having(/\.replace\((?!\/|['"`]|[A-Z_]+,)/)).toEqual(['src/works/instances.ts']);
    expect(having(/(?<!function )\bremediate\(/).sort()).toEqual(['src/looked.ts', 'src/recheck.ts', 'src/worker.ts']);
  });

  it('change something in EC2 or Auto Scaling: six commands, and none that only opens', () => {
    const used = FILES.flatMap((file) =>
      [...(TEXTS.get(file) ?? '').matchAll(/\bnew ([A-Z]\w+)Command\(/g)].map(([, name]) => `${file}: ${name}`),
    );
    const reads = /: (?:Describe|Get|List|Lookup|Query|BatchGet)/;
    const ledgerAndPost =
      /: (?:Put|Update|TransactWrite|Publish|SendMessage|SendMessageBatch|ChangeMessageVisibility|PutParameter)$/;
    const changes = [...new Set(used)].filter((it) => !reads.test(it) && !ledgerAndPost.test(it));
    expect(changes.sort()).toEqual([
      // This one and the list's could also add: their unit has a role of its own.
      'src/aws/detach-groups.ts: ModifyNetworkInterfaceAttribute',
      'src/aws/fleet-acts.ts: SetInstanceHealth',
      'src/aws/fleet-acts.ts: TerminateInstanceInAutoScalingGroup',
      'src/aws/remove-entries.ts: ModifyManagedPrefixList',
      'src/aws/revoke-rules.ts: RevokeSecurityGroupEgress',
      'src/aws/revoke-rules.ts: RevokeSecurityGroupIngress',
    ]);
  });
});
