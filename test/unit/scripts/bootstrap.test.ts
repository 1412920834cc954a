import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asNode, type Clone, makeClone } from './clone.ts';

const NODE_NEEDED = /^undrift needs Node 20\.19 or newer, and this is [\d.]+: install it \(.+\)\.\n$/;
const PYTHON_NEEDED = /^The local AWS needs Python 3\.10 or newer: install it \(.+\) or set PYTHON to its path\.\n$/;

/** Says `ready` once everything is there, as a command would begin its work then. */
const BOOTSTRAP = [
  '--input-type=module',
  '--eval',
  "const { bootstrap } = await import('./scripts/bootstrap.mjs'); await bootstrap({ log: console.log }); console.log('ready');",
];

let clone: Clone;
beforeEach(() => {
  clone = makeClone();
});
afterEach(() => clone.remove());

describe('Node', () => {
  it.each(['18.20.8', '20.18.3', '9.99.0'])('%s is too old: one line, exit 2', async (version) => {
    clone.install();
    const said = await clone.node(...asNode(version), 'scripts/demo.mjs');
    expect(said).toMatchObject({ code: 2, err: expect.stringMatching(NODE_NEEDED) });
    expect(said.err).toContain(version);
  });

  it.each(['20.19.0', '22.1.0', '100.0.0'])('%s will do', async (version) => {
    clone.install();
    expect(await clone.node(...asNode(version), ...BOOTSTRAP)).toEqual({ code: 0, out: 'ready\n', err: '' });
  });

  it('is asked before anything is installed', async () => {
    clone.putNpm();
    await clone.node(...asNode('18.20.8'), 'scripts/test.mjs');
    expect(clone.npmCalls()).toEqual([]);
  });
});

describe('the dependencies', () => {
  it('are left alone when they are what the lock says', async () => {
    clone.putNpm();
    clone.install();
    expect(await clone.node(...BOOTSTRAP)).toEqual({ code: 0, out: 'ready\n', err: '' });
    expect(clone.npmCalls()).toEqual([]);
  });

  it.each<[string, object | null]>([
    ['missing', null],
    ['incomplete', {}],
    ['of another version', { 'node_modules/a': { version: '0.9.0', integrity: 'sha512-a' } }],
    ['of other contents', { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-b' } }],
  ])('are installed when they are %s', async (_, packages) => {
    clone.putNpm();
    if (packages) clone.install(packages);
    const { code, out } = await clone.node(...BOOTSTRAP);
    expect(code).toBe(0);
    expect(out).toMatch(/^Installing the dependencies \(npm ci, once\)…\nInstalled in \d+ s\.\nready\n$/);
    expect(clone.npmCalls()).toEqual(['ci --include=dev --include=optional --no-audit --no-fund']);
  });

  it('are installed once by two at the same time', async () => {
    clone.putNpm();
    const both = await Promise.all([clone.node(...BOOTSTRAP), clone.node(...BOOTSTRAP)]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(clone.npmCalls()).toHaveLength(1);
    expect(clone.exists('.local/npm.lock')).toBe(false);
  });

  it('need npm', async () => {
    const said = await clone.node('scripts/demo.mjs');
    expect(said).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^undrift needs npm, .*: install it \(.+\)\.\n$/),
    });
  });

  it('tell what npm complained of', async () => {
    clone.putNpm('#!/bin/sh\necho "npm error code E404" >&2\nexit 1\n');
    const said = await clone.node('scripts/demo.mjs');
    expect(said).toMatchObject({ code: 2, err: 'npm ci failed:\nnpm error code E404\n' });
  });
});

describe('Python', () => {
  beforeEach(() => clone.install());

  it('is missing: one line, exit 2', async () => {
    const said = await clone.node('scripts/demo.mjs');
    expect(said).toMatchObject({ code: 2, err: expect.stringMatching(PYTHON_NEEDED) });
  });

  it.each(['3 9', '2 7'])('%s is too old: one line, exit 2', async (version) => {
    clone.putPython(version);
    const said = await clone.node('scripts/demo.mjs');
    expect(said).toMatchObject({ code: 2, err: expect.stringMatching(PYTHON_NEEDED) });
  });

  it.each(['3 10', '3 13', '4 0'])('%s is taken, and used', async (version) => {
    clone.putPython(version);
    const said = await clone.node('scripts/demo.mjs');
    // This one makes no environment: that far the demo came with it.
    expect(said.err).not.toMatch(PYTHON_NEEDED);
    expect(said.out).toContain('Installing the local AWS');
  });
});

describe('the demo’s arguments', () => {
  it('are explained', async () => {
    const said = await clone.node('scripts/demo.mjs', '--help');
    expect(said).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/^npm run demo/) });
  });

  it('that it does not know are told, exit 2', async () => {
    const said = await clone.node('scripts/demo.mjs', '--ful');
    expect(said).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/^The demo knows no --ful\.\n/) });
  });
});
