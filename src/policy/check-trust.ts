/** Who is trusted, across keys. */
import { at, checkUnique, listAt, type Path, type Report, textAt } from './check-parts.ts';
import { globAdmitsPrefix, globMatches } from './glob.ts';
import { documentFault, documentName, principalFault, principalParts } from './trust-patterns.ts';
import { trustWarnings } from './trust-warnings.ts';

export function checkTrust(document: unknown, report: Report): void {
  checkUnique(document, ['trustedActors'], 'id', report);
  listAt(document, 'trustedActors').forEach((entry, index) => {
    if (typeof entry !== 'object' || entry === null) return;
    const path = ['trustedActors', index];
    checkWho(entry, path, report);
    checkForPeople(entry, path, report);
    for (const { key, implies } of trustWarnings(entry)) {
      report.warnings.push({ path: [...path, key], message: `trustedActors[${index}].${key}: ${implies}` });
    }
  });
}

function checkWho(entry: object, path: Path, report: Report): void {
  const kinds = ['role', 'user', 'service'].filter((key) => at(entry, key) !== undefined);
  const alone = kinds.length === 0 && at(entry, 'sourceIdentity') !== undefined;
  if (kinds.length !== 1 && !alone) {
    const found = kinds.length === 0 ? 'none of role, user and service' : kinds.join(' and ');
    report.faults.push({ path, message: `found ${found}; write exactly one of role, user or service` });
  }
  if (at(entry, 'sourceIdentity') !== undefined && !kinds.some((kind) => kind === 'role' || kind === 'user')) {
    const message = 'only narrows a role or a user, and can never stand alone; add the role that carries it';
    report.faults.push({ path: [...path, 'sourceIdentity'], message });
  }
}

type Condition = 'documents' | 'launchTemplates';
type ForPeople = { readonly path: string; readonly does: string; readonly needs: Condition };

/** Roles by which a service does what people told it to: that AWS made or named the role says nothing about what it does. */
const FOR_PEOPLE: readonly ForPeople[] = [
  {
    path: 'aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM',
    does: 'runs the associations and maintenance windows that people write',
    needs: 'documents',
  },
  {
    path: 'aws-service-role/imagebuilder.amazonaws.com/AWSServiceRoleForImageBuilder',
    does: 'publishes versions of any launch template that people name in a distribution configuration',
    needs: 'launchTemplates',
  },
  // Not service-linked: the path service-role/ is not reserved (IAM User Guide, "IAM identifiers").
  {
    path: 'service-role/AWSBackupDefaultServiceRole',
    does: 'anyone with iam:CreateRole can create',
    needs: 'documents',
  },
  { path: 'AWSBackupDefaultServiceRole', does: 'anyone with iam:CreateRole can create', needs: 'documents' },
];
const QUICK_SETUP: ForPeople = {
  path: 'AWS-QuickSetup-',
  does: 'anyone with iam:CreateRole can create',
  needs: 'documents',
};

const EXAMPLE: Readonly<Record<Condition, string>> = {
  documents: 'documents: [AWS-RunPatchBaseline]',
  launchTemplates: 'launchTemplates: [lt-0123456789abcdef0]',
};

/**
 * Documents that run what their parameters say: a script, another document, a package, or content from an address (Systems Manager
 * User Guide, "Systems Manager Command document plugin reference"; "SSM Command documents for patching managed nodes").
 */
const SCRIPTS = [
  'AWS-RunDocument',
  'AWS-RunPowerShellScript',
  'AWS-RunRemoteScript',
  'AWS-RunShellScript',
  'AWS-ApplyAnsiblePlaybooks',
  'AWS-ApplyChefRecipes',
  'AWS-ApplyDSCMofs',
  'AWS-ConfigureAWSPackage',
  'AWS-InstallApplication',
  'AWS-InstallPowerShellModule',
  'AWS-RunAnsiblePlaybook',
  'AWS-RunInspecChecks',
  'AWS-RunPatchBaselineWithHooks',
  'AWS-RunSaltState',
];

function checkForPeople(entry: object, path: Path, report: Report): void {
  const role = textAt(entry, 'role') ?? '';
  const fault = (key: string, message: string) => report.faults.push({ path: [...path, key], message });
  const row = principalFault('role')(role) === null ? forPeople(role) : null;
  if (row === null) return;
  if (/[*?]/.test(role)) fault('role', `found "${role}", which also fits a role that ${row.does}; write a whole ARN`);
  else if (listAt(entry, row.needs).length === 0) {
    fault(
      'role',
      `found "${role}", a role that ${row.does}; write beside it what it may do, such as ${EXAMPLE[row.needs]}`,
    );
  }
  const documents = listAt(entry, 'documents').flatMap((one) =>
    typeof one === 'string' && documentFault(one) === null ? [one] : [],
  );
  const script = SCRIPTS.find((name) => documents.some((pattern) => globMatches(documentName(pattern), name)));
  if (script === undefined) return;
  fault(
    'documents',
    `found ${script}, whose parameters say what is run, for a role that ${row.does}; name documents with a fixed content`,
  );
}

function forPeople(role: string): ForPeople | null {
  const path = principalParts(role, 'role')?.path;
  if (path === undefined) return null;
  const name = path.split('/').at(-1) ?? '';
  if (name.startsWith(QUICK_SETUP.path)) return QUICK_SETUP;
  // Quick Setup gives its roles no path.
  if (name === path && /^[^*?]/.test(name) && globAdmitsPrefix(name, QUICK_SETUP.path)) return QUICK_SETUP;
  return FOR_PEOPLE.find((row) => pathFits(path, row.path)) ?? null;
}

/** Segment by segment, as an ARN is matched. */
function pathFits(pattern: string, path: string): boolean {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  return wanted.length === given.length && wanted.every((part, index) => globMatches(part, given[index] ?? ''));
}
