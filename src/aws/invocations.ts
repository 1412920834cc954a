/** A command on one machine, as Systems Manager lists it (SSM API Reference, CommandInvocation). */
export type Invocation = {
  readonly InstanceId?: string | undefined;
  readonly Status?: string | undefined;
  readonly StatusDetails?: string | undefined;
};

/** Machines elsewhere begin with `mi-`. */
export const isInstance = (id: string) => id.startsWith('i-');

/** Never delivered, or called off before it was (Systems Manager User Guide, "Understanding command statuses"). */
const NOT_DELIVERED = ['Pending', 'Undeliverable', 'DeliveryTimedOut', 'Terminated', 'InvalidPlatform', 'AccessDenied'];

/** Every instance that it came to, each once: one that failed there, or was cancelled meanwhile, may have run some of it. */
export function deliveredTo(invocations: readonly Invocation[]): readonly string[] {
  const delivered = invocations.filter(({ Status, StatusDetails }) => {
    return !NOT_DELIVERED.includes((StatusDetails ?? Status ?? '').replaceAll(' ', ''));
  });
  return [...new Set(delivered.flatMap(({ InstanceId }) => InstanceId ?? []).filter(isInstance))];
}

/** It may still come there, or is being run there. */
const AT_WORK = ['Pending', 'InProgress', 'Delayed', 'Cancelling'];

export const isAtWork = ({ Status }: Invocation): boolean => AT_WORK.includes(Status ?? '');
