import { describe, expect, test, vi } from 'vitest';
import { powertoolsLog, redact } from '../../../src/aws/log.ts';
import { powertoolsMeter } from '../../../src/aws/meter.ts';
import { cut, messageOf } from '../../../src/aws/notice-size.ts';
import { sqsQueue } from '../../../src/aws/queue.ts';
import { Retryable } from '../../../src/roles.ts';
import { perfectNotice } from '../../contract/notice.ts';
import { stub } from './stub.ts';

type Message = { readonly default: string; readonly email: string };

describe('the message of a notice', () => {
  test('has text for people and JSON for machines, untouched while it fits', () => {
    const notice = perfectNotice();
    const message = JSON.parse(messageOf(notice)) as Message;
    expect(JSON.parse(message.default)).toEqual(notice.json);
    expect(message.email).toBe(notice.text);
  });

  test.each([
    ['long text', { text: 'Ä'.repeat(200_000) }],
    ['quotes, which are escaped twice', { text: '"'.repeat(200_000), json: { text: '"'.repeat(200_000) } }],
    ['much evidence', { json: { evidence: Array.from({ length: 9000 }, (_, n) => `line ${n} `.repeat(20)) } }],
    ['deep evidence', { json: { a: { b: { c: ['\n'.repeat(400_000)] } } } }],
    ['very many keys', { json: Object.fromEntries(Array.from({ length: 30_000 }, (_, n) => [`key-${n}`, n])) }],
  ])('fits with %s', (_title, given) => {
    const message = messageOf(perfectNotice(given));
    expect(Buffer.byteLength(message)).toBeLessThan(262_144 - 2_000);
    const { default: machines, email } = JSON.parse(message) as Message;
    expect(JSON.parse(machines)).toMatchObject({ shortened: true });
    expect(email.length).toBeGreaterThan(10);
  });

  test('is cut at a whole character', () => {
    expect(cut('aÄÄ', 3)).toBe('aÄ… (shortened)');
    expect(cut('aÄÄ', 4)).toBe('aÄ… (shortened)');
    expect(cut('aÄÄ', 5)).toBe('aÄÄ');
  });
});

test.each([
  [false, Retryable],
  [true, Error],
])('a batch that is taken only in part is an error (fault of the sender: %s)', async (SenderFault, kind) => {
  const { client } = stub({ SendMessageBatch: () => ({ Failed: [{ Id: '1', Code: 'InternalError', SenderFault }] }) });
  const waking = sqsQueue(client).wake('queue', ['a', 'b']);
  await expect(waking).rejects.toBeInstanceOf(kind);
  await expect(waking).rejects.toThrow('1 of 2 were not taken (InternalError)');
});

test.each([
  [-5, 0],
  [59.6, 60],
  [99_999, 43_200],
])('a message is put off by %s seconds as %s', async (seconds, expected) => {
  const { client, asked } = stub({ ChangeMessageVisibility: () => ({}) });
  await sqsQueue(client).later('queue', 'receipt', seconds);
  expect(asked[0]?.input.VisibilityTimeout).toBe(expected);
});

/** Lines that are written to standard output meanwhile, parsed. */
function linesOf(write: () => void): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  const take = (line: unknown) => lines.push(JSON.parse(String(line)));
  const spies = (['log', 'info', 'warn', 'error'] as const).map((name) =>
    vi.spyOn(console, name).mockImplementation(take),
  );
  write();
  for (const spy of spies) spy.mockRestore();
  return lines;
}

describe('logs', () => {
  test('never show what may be a secret, however deep', () => {
    const fields = {
      event: { userData: { value: 'hunter2' }, SSHPublicKey: 'ssh-rsa hunter2', tokenValue: 'hunter2' },
    };
    vi.stubEnv('POWERTOOLS_DEV', 'true');
    const [line] = linesOf(() => powertoolsLog('instances').warn('seen', fields));
    vi.unstubAllEnvs();
    expect(line).toMatchObject({ level: 'WARN', message: 'seen', service: 'instances' });
    expect(line?.event).toEqual({ userData: '(hidden)', SSHPublicKey: '(hidden)', tokenValue: '(hidden)' });
  });

  test('show that there was no user data', () => {
    expect(redact('userData', null)).toBeNull();
    expect(redact('user', 'ann')).toBe('ann');
  });
});

describe('metrics', () => {
  const count = (...args: Parameters<ReturnType<typeof powertoolsMeter>['count']>) => {
    vi.stubEnv('POWERTOOLS_DEV', 'true');
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
    const [line] = linesOf(() => powertoolsMeter('instances').count(...args));
    vi.unstubAllEnvs();
    const { _aws, ...values } = line as { _aws: { CloudWatchMetrics: object[] } };
    return { values, definition: _aws.CloudWatchMetrics[0] };
  };

  test('are counted by service alone, and by their own dimensions', () => {
    const { values, definition } = count('Holds', { rule: 'internet', guard: 'observe' });
    expect(values).toEqual({ service: 'instances', rule: 'internet', guard: 'observe', Holds: 1 });
    expect(definition).toEqual({
      Namespace: 'Undrift',
      Dimensions: [['service'], ['service', 'rule', 'guard']],
      Metrics: [{ Name: 'Holds', Unit: 'Count' }],
    });
  });

  test('of time are in seconds', () => {
    const { values, definition } = count('SecondsToFix', {}, 4.5);
    expect(values).toEqual({ service: 'instances', SecondsToFix: 4.5 });
    expect(definition).toMatchObject({ Dimensions: [['service']], Metrics: [{ Unit: 'Seconds' }] });
  });
});
