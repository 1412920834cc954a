import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { startCloud } from '../../scripts/local/cloud.mjs';

export type LocalCloud = {
  readonly callsFile: string;
  readonly endpoints: { readonly ec2: string; readonly main?: string };
  staleReads(seconds: number): Promise<void>;
};

/** The local AWS for the tests of one file. While it runs, clients that are made without settings speak with it. */
export function localCloud(times: { readonly terminateSeconds?: number } = {}): () => LocalCloud {
  let cloud: Awaited<ReturnType<typeof startCloud>> | null = null;
  let dir = '';
  const before = { ...process.env };
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'undrift-contract-'));
    cloud = await startCloud({ dir, ...times });
    Object.assign(process.env, cloud.env);
  });
  afterAll(async () => {
    await cloud?.stop();
    process.env = before;
    await rm(dir, { recursive: true, force: true });
  });
  return () => {
    if (cloud === null) throw new Error('the local AWS has not started');
    return cloud;
  };
}
