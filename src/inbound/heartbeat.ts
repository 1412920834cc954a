/** The scheduler's own call, as it comes back. Total: nothing in such an event makes it fail. */
import { type Place, soft, softText } from './reader.ts';
import { instantOf } from './values.ts';

/** A successful or failed PutParameter of anybody; who made it decides whether it is a heartbeat. */
export type ParameterCall = {
  readonly put: {
    readonly parameter: string | null;
    readonly role: string | null;
    readonly at: string | null;
    readonly failed: boolean;
  };
};

/** Null for any other event. */
export function parameterCall(event: Place): ParameterCall | null {
  const said = (path: string) => softText(soft(event, path));
  if (said('source') !== 'aws.ssm' || said('detail-type') !== 'AWS API Call via CloudTrail') return null;
  if (said('detail.eventSource') !== 'ssm.amazonaws.com' || said('detail.eventName') !== 'PutParameter') return null;
  return {
    put: {
      parameter: said('detail.requestParameters.name'),
      role: said('detail.userIdentity.sessionContext.sessionIssuer.arn'),
      at: instantOf(soft(event, 'detail.eventTime').value),
      failed: said('detail.errorCode') !== null,
    },
  };
}
