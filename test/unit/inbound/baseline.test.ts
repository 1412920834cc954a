import { describe, expect, test } from 'vitest';
import { parseInbound } from '../../../src/inbound/index.ts';
import { call } from './perfect.ts';

const LT = 'lt-0a1b2c3d4e5f60718';
const ASG = 'autoscaling.amazonaws.com';
const template = [{ type: 'launch-template', id: LT }];
const version = (request: object, response: unknown) =>
  call(
    'CreateLaunchTemplateVersion',
    { CreateLaunchTemplateVersionRequest: request },
    response as Record<string, unknown>,
  );
const answered = {
  CreateLaunchTemplateVersionResponse: { launchTemplateVersion: { launchTemplateId: LT, versionNumber: 4 } },
};
const GONE = { launchTemplateId: LT, launchTemplateName: 'web', versionNumber: 4 };
const gone = (set: object) => ({
  DeleteLaunchTemplateVersionsResponse: { successfullyDeletedLaunchTemplateVersionSet: set },
});
const deleted = (request: object, response: Record<string, unknown> | null) =>
  call('DeleteLaunchTemplateVersions', { DeleteLaunchTemplateVersionsRequest: request }, response);
const refresh = (request: object) =>
  call('StartInstanceRefresh', { autoScalingGroupName: 'web', ...request }, null, ASG);
const update = (request: object) =>
  call('UpdateAutoScalingGroup', { autoScalingGroupName: 'web', ...request }, null, ASG);

describe('what instances are launched from', () => {
  test.each([
    ['a version', version({ LaunchTemplateId: LT }, answered), 'version', '4'],
    ['a version of a template by name', version({ LaunchTemplateName: 'web' }, answered), 'version', '4'],
    ['a version without its answer', version({ LaunchTemplateId: LT }, null), 'version', null],
    [
      'a default version',
      call(
        'ModifyLaunchTemplate',
        { ModifyLaunchTemplateRequest: { LaunchTemplateId: LT, SetDefaultVersion: '4' } },
        { ModifyLaunchTemplateResponse: { launchTemplate: { launchTemplateId: LT, defaultVersionNumber: 4 } } },
      ),
      'default-version',
      '4',
    ],
    ['a version that was deleted', deleted({ LaunchTemplateId: LT }, gone({ item: [GONE] })), 'version-deleted', '4'],
    [
      'one of a template by name',
      deleted({ LaunchTemplateName: 'web' }, gone({ items: [GONE] })),
      'version-deleted',
      '4',
    ],
    ['one alone', deleted({ LaunchTemplateName: 'web' }, gone({ item: GONE })), 'version-deleted', '4'],
    ['one without its answer', deleted({ LaunchTemplateId: LT }, null), 'version-deleted', null],
    [
      'a template',
      call(
        'CreateLaunchTemplate',
        { CreateLaunchTemplateRequest: { LaunchTemplateName: 'web' } },
        { CreateLaunchTemplateResponse: { launchTemplate: { launchTemplateId: LT, latestVersionNumber: 1 } } },
      ),
      'version',
      '1',
    ],
  ])('%s', (_name, event, what, detail) => {
    expect(parseInbound(event)).toMatchObject({
      fact: { kind: 'baseline-changed', what, detail },
      resources: template,
    });
  });

  test('by an instance refresh with a configuration of its own', () => {
    const desiredConfiguration = { launchTemplate: { launchTemplateId: LT, version: '4' } };
    expect(parseInbound(refresh({ desiredConfiguration }))).toMatchObject({
      fact: { kind: 'baseline-changed', what: 'group', detail: 'instance refresh: launchTemplate' },
      resources: [{ type: 'auto-scaling-group', id: 'web' }],
    });
    expect(parseInbound(refresh({ strategy: 'Rolling' }))).toHaveProperty('irrelevant');
  });

  test.each([
    [{ launchTemplate: { launchTemplateId: LT, version: '4' } }, 'launchTemplate'],
    [{ mixedInstancesPolicy: {}, vPCZoneIdentifier: 'subnet-1' }, 'mixedInstancesPolicy, vPCZoneIdentifier'],
    [{ launchConfigurationName: 'web-2', maxSize: 4 }, 'launchConfigurationName'],
  ])('of a group: %j', (request, detail) => {
    expect(parseInbound(update(request))).toMatchObject({
      fact: { kind: 'baseline-changed', what: 'group', detail },
      resources: [{ type: 'auto-scaling-group', id: 'web' }],
    });
  });

  test.each([[{ desiredCapacity: 4 }], [{ launchTemplate: null }], [{}]])(
    '%j of a group changes none of it',
    (request) => {
      expect(parseInbound(update(request))).toEqual({
        irrelevant: 'it changes nothing of what instances are launched from',
      });
    },
  );

  test('a template that is only named, without an answer, is refused', () => {
    expect(() => parseInbound(version({ LaunchTemplateName: 'web' }, null))).toThrow(/LaunchTemplateId: expected/);
  });
});
