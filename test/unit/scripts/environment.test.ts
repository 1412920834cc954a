import { afterEach, expect, it, vi } from 'vitest';
import { cleanEnvironment } from '../../../scripts/local/lib/environment.mjs';

afterEach(() => vi.unstubAllEnvs());

it.each([
  'AWS_PROFILE',
  'AWS_SESSION_TOKEN',
  'AWS_ACCESS_KEY_ID',
  'AWS_ENDPOINT_URL',
  'AWS_ENDPOINT_URL_SNS',
  'AWS_USE_FIPS_ENDPOINT',
  'HTTPS_PROXY',
  'https_proxy',
])('%s of the user is not handed on', (name) => {
  vi.stubEnv(name, 'https://of.the.user.example');
  expect(Object.values(cleanEnvironment())).not.toContain('https://of.the.user.example');
});

it.each(['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE'])('%s names no file of the user', (name) => {
  vi.stubEnv(name, '/home/user/.aws/config');
  expect(cleanEnvironment()[name]).toBe('/dev/null');
});

it('hands on what has nothing to do with AWS', () => {
  vi.stubEnv('LANG', 'de_AT.UTF-8');
  expect(cleanEnvironment().LANG).toBe('de_AT.UTF-8');
});
