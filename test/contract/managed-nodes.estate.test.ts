import { describe } from 'vitest';
import { readEstate } from '../../cli/explain/estate-file.ts';
import { machineRoles } from '../../cli/explain/machine-roles.ts';
import type { ManagedNodes } from '../../src/roles.ts';
import { managedNodesSuite, type NodesScene } from './managed-nodes.suite.ts';

/** What the AWS CLI would print, as the scene goes on. */
class Printed {
  readonly #machines: object[] = [];
  readonly #managed: object[] = [];
  #invocations: { CommandId: string; InstanceId: string; Status: string }[] = [];

  node: NodesScene['node'] = async (tags, prefix = 'i-') => {
    const InstanceId = `${prefix}${String(this.#managed.length).padStart(17, '0')}`;
    this.#managed.push({ InstanceId });
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    if (prefix === 'i-') this.#machines.push({ InstanceId, LaunchTime: '2026-02-01T00:00:00+00:00', Tags });
    return InstanceId;
  };

  run: NodesScene['run'] = async (ids, first = ids.length) => {
    const CommandId = `00000000-0000-4000-8000-00000000000${this.#invocations.length + 1}`;
    const sent = ids.map((InstanceId, at) => ({ CommandId, InstanceId, Status: at < first ? 'Success' : 'Pending' }));
    this.#invocations.push(...sent);
    return CommandId;
  };

  finish: NodesScene['finish'] = async (commandId) => {
    this.#invocations = this.#invocations.map((one) => {
      return one.CommandId === commandId ? { ...one, Status: 'Success' } : one;
    });
  };

  nodes(): ManagedNodes {
    const file = readEstate({
      Reservations: [{ Instances: this.#machines }],
      AutoScalingGroups: [],
      InstanceInformationList: this.#managed,
      CommandInvocations: this.#invocations,
    });
    return machineRoles(file.machines, new Date('2026-02-03T05:00:00Z')).nodes;
  }
}

describe('an estate file in the place of Systems Manager', () => {
  managedNodesSuite(async () => {
    const printed = new Printed();
    const nodes: ManagedNodes = {
      reachedBy: (commandId) => printed.nodes().reachedBy(commandId),
      carrying: (filters) => printed.nodes().carrying(filters),
    };
    return { nodes, node: printed.node, run: printed.run, finish: printed.finish };
  });
});
