import { describe, expect, it } from 'vitest';
import type { Change } from '../../../src/domain/change.ts';
import { parseInbound } from '../../../src/inbound/index.ts';
import { call, record } from './perfect.ts';

const SSM = 'ssm.amazonaws.com';
const TARGETS = { instanceIds: ['i-0a1b2c3d4e5f60718'] };
const contentOf = (raw: Readonly<Record<string, unknown>>) => (parseInbound(record(raw)) as Change).content;

describe('what a call runs is taken from its record', () => {
  it.each<[string, Readonly<Record<string, unknown>>, string | null | undefined]>([
    ['a command', call('SendCommand', { documentName: 'AWS-X', ...TARGETS }, null, SSM), 'AWS-X'],
    [
      'a masked document',
      call('SendCommand', { documentName: 'HIDDEN_DUE_TO_SECURITY_REASONS', ...TARGETS }, null, SSM),
      null,
    ],
    ['a document that is no text', call('SendCommand', { documentName: { a: 1 }, ...TARGETS }, null, SSM), null],
    [
      'an automation',
      call('StartAutomationExecution', { documentName: 'AWS-X', parameters: { a: 'i-0a1b2c3d4e5f60718' } }, null, SSM),
      'AWS-X',
    ],
    ['an association', call('CreateAssociation', { name: 'AWS-X', ...TARGETS }, null, SSM), 'AWS-X'],
    [
      'an association whose own name is a document of AWS',
      call('UpdateAssociation', { associationName: 'AWS-X', associationId: 'a', ...TARGETS }, null, SSM),
      null,
    ],
    [
      'an association whose document only the answer names',
      call('UpdateAssociation', { associationId: 'a', ...TARGETS }, { associationDescription: { name: 'AWS-X' } }, SSM),
      'AWS-X',
    ],
    [
      'a batch of one document',
      call(
        'CreateAssociationBatch',
        {
          entries: [
            { name: 'AWS-X', ...TARGETS },
            { name: 'AWS-X', ...TARGETS },
          ],
        },
        null,
        SSM,
      ),
      'AWS-X',
    ],
    [
      'a batch of two documents',
      call(
        'CreateAssociationBatch',
        {
          entries: [
            { name: 'AWS-X', ...TARGETS },
            { name: 'AWS-Y', ...TARGETS },
          ],
        },
        null,
        SSM,
      ),
      null,
    ],
    [
      'a task of a maintenance window',
      call('RegisterTaskWithMaintenanceWindow', { windowId: 'mw-1', taskArn: 'AWS-X' }, null, SSM),
      'AWS-X',
    ],
    ['associations by their ids', call('StartAssociationsOnce', { associationIds: ['a'] }, null, SSM), undefined],
    [
      'a call that runs nothing',
      call('StopInstances', { instancesSet: { items: [{ instanceId: 'i-1' }] } }),
      undefined,
    ],
  ])('%s', (_what, raw, document) => {
    expect(contentOf(raw)).toEqual(document === undefined ? undefined : { document });
  });
});
