/**
 * The condition that an Auto Scaling group has opted in. A file of its own because the tag's key is the key of a map,
 * where neither osls nor CloudFormation resolves anything.
 * @param {{ resolveVariable: (name: string) => Promise<unknown> }} osls
 */
module.exports.condition = async ({ resolveVariable }) => {
  const key = String(await resolveVariable('param:optInTagKey'));
  const value = String(await resolveVariable('param:optInTagValue'));
  // An empty tag would be no condition at all, and StringEquals knows no patterns: what holds is what is written.
  if (!/^[\p{L}\p{Z}\p{N}_.:/+\-@]{1,128}$/u.test(key)) throw new Error(`optInTagKey "${key}" is no key of a tag`);
  if (/^aws:/i.test(key))
    throw new Error(`optInTagKey "${key}" begins with aws:, which AWS reserves: nobody can set it`);
  if (!/^[\p{L}\p{Z}\p{N}_.:/+\-@]{1,256}$/u.test(value))
    throw new Error(`optInTagValue "${value}" is no value of a tag`);
  return { StringEquals: { [`aws:ResourceTag/${key}`]: value } };
};
