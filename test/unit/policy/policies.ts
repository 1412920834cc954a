import { INSTANCE_RULES, type Policy } from '../../../src/policy/policy.ts';

/** A policy that says nothing about modes, trusts nobody, exempts nothing, and lists neither egress nor pipeline-only. */
export function basePolicy(): Policy {
  return {
    mode: null,
    modes: [],
    when: 'any',
    trustedActors: [],
    trustedServices: [],
    internet: {
      mode: null,
      protects: [{ name: 'SSH', protocols: [6], ports: [{ from: 22, to: 22 }] }],
      limit: { ipv4: 2n ** 24n, ipv6: 2n ** 101n },
      allowedRanges: [],
      prefixLists: 'revoke-rules',
      loadBalancers: [
        { from: 80, to: 80 },
        { from: 443, to: 443 },
      ],
    },
    egress: { mode: 'off', protects: [], limit: { ipv4: 2n ** 24n, ipv6: 2n ** 101n }, allowedRanges: [] },
    pipelineOnly: { mode: 'off' },
    instanceRules: Object.fromEntries(INSTANCE_RULES.map((id) => [id, { mode: null }])) as Policy['instanceRules'],
    watchedTags: [],
    configVerdicts: [],
    images: null,
    findings: {
      guardDuty: { minSeverity: 7 },
      securityHub: { products: ['arn:*:securityhub:*::product/aws/*'], minSeverity: 'high' },
    },
    maxInstanceAgeDays: null,
    ignoredDifferences: [],
    replaceDespite: [],
    exemptions: [],
    budget: { perGroup: 1, perHour: 10 },
    budgets: [],
    notifications: { mailsPerHour: 20, ownerTags: [], buildTags: ['Build'], commitTags: ['git-sha'] },
    successorMinutes: 15,
    taint: { graceMinutes: 30, maxHours: 12 },
  };
}
