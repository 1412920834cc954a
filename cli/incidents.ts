import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamoLedger } from '../src/aws/ledger.ts';
import { chunksOf } from '../src/domain/chunks.ts';
import type { Incident } from '../src/domain/incident.ts';
import type { Ledger } from '../src/roles.ts';
import type { Command, Io } from './command.ts';
import { HELP, listArguments, showArguments } from './incidents/arguments.ts';
import { earlierOf } from './incidents/earlier.ts';
import { findIncident, listIncidents, WINDOW } from './incidents/find.ts';
import { heldLines } from './incidents/held.ts';
import { listLines } from './incidents/list.ts';
import { incidentPage, incidentView, jsonText } from './incidents/show.ts';
import { mayMeanToo, partsOf, withMembers } from './incidents/whole.ts';
import { clientSettings, findStack, inOneLine, stackName } from './stack.ts';

/** Opens the ledger of a stage. @throws UsageError when there is no such stage to be found */
export type OpenLedger = (stage: string, env: Io['env']) => Promise<Ledger>;

export const realLedger: OpenLedger = async (stage, env) => {
  const { region, ledgerTable } = await findStack(stage, env);
  return dynamoLedger(new DynamoDBClient({ ...clientSettings(env), region }), ledgerTable);
};

export function incidentsWith(open: OpenLedger): Command {
  return {
    name: 'incidents',
    summary: 'list what undrift found and did, or show one incident',
    help: HELP,
    run: (args, io) => (args[0] === 'show' ? show(open, args.slice(1), io) : list(open, args, io)),
  };
}

export const incidentsCommand = incidentsWith(realLedger);

async function list(open: OpenLedger, args: readonly string[], io: Io): Promise<number> {
  const wanted = listArguments(args, io.env);
  const ledger = await open(wanted.stage, io.env);
  const incidents = await inOneLine(stackName(wanted.stage), () => listIncidents(ledger, wanted));
  if (wanted.json) {
    const whole = await inOneLine(stackName(wanted.stage), () => withInverses(ledger, incidents));
    io.out(jsonText(whole.map(incidentView)));
    return 0;
  }
  for (const line of wanted.held ? heldLines(incidents, wanted.resource) : listLines(incidents)) io.out(line);
  for (const line of await mayMeanToo(ledger, wanted.resource, incidents)) io.out(line);
  return 0;
}

async function show(open: OpenLedger, args: readonly string[], io: Io): Promise<number> {
  const wanted = showArguments(args, io.env);
  const ledger = await open(wanted.stage, io.env);
  const incident = await inOneLine(stackName(wanted.stage), async () =>
    withMembers(ledger, await withInverse(ledger, await findIncident(ledger, wanted))),
  );
  if (wanted.json) io.out(jsonText(incidentView(incident)));
  else {
    const members = await partsOf(ledger, incident, WINDOW);
    const earlier = await earlierOf(ledger, incident);
    io.out(incidentPage(incident, members, io.now().toISOString(), earlier).trimEnd());
  }
  return 0;
}

/** What undo needs is kept apart from the incident. */
async function withInverse(ledger: Ledger, incident: Incident): Promise<Incident> {
  return { ...incident, inverse: await ledger.inverseOf(incident) };
}

const READS_AT_ONCE = 50;

async function withInverses(ledger: Ledger, incidents: readonly Incident[]): Promise<readonly Incident[]> {
  const whole: Incident[] = [];
  for (const some of chunksOf(incidents, READS_AT_ONCE)) {
    whole.push(...(await Promise.all(some.map((incident) => withInverse(ledger, incident)))));
  }
  return whole;
}
