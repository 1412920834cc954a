import { judgeImage } from '../policy/approved-images.ts';
import type { InstanceRule } from './instance-rules.ts';

/** The instance runs an image that the policy's `images` does not approve. What cannot be told is held, and never acted upon. */
export const imageNotApproved: InstanceRule = {
  id: 'image-not-approved',
  group: 'not-allowed',
  severity: 'high',
  confidence: 'high',
  ships: 'notify',
  byFact: () => null,
  byStanding({ instance, imageFacts, policy: { images }, account, now }) {
    if (images === null || imageFacts === undefined || instance.imageId === null) return null;
    const verdict = judgeImage(instance.imageId, imageFacts, images, { account, now });
    if (verdict.kind === 'approved') return null;
    const drift = instance.imageId;
    if (verdict.kind === 'not-approved')
      return { summary: `its image ${drift} is not approved: ${verdict.why}`, drift };
    const summary = `whether its image ${drift} is approved could not be told`;
    return { summary, drift, unreadable: `${summary}: ${verdict.why}` };
  },
};
