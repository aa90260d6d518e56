/** Holds the inventory to the code, and renders it. */
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configOptions } from '@workflow-bolt/contracts';
import { markdownTable } from '../../scripts/markdown-table.ts';
import { assets, connectingLibraries, flows, knownHosts, optionTargets } from './assets.ts';

/** What connects, and what the repository says about it; each list is compared with the inventory. */
export type CodeFacts = {
  appFolders: readonly string[];
  /** Environment variables whose value is an address or a place. */
  addressOptions: readonly string[];
  /** Production dependencies of all packages. */
  dependencies: readonly string[];
  hosts: readonly { host: string; file: string }[];
};

const addressName = /(?:URL|URI|ORIGIN|ISSUER|ENDPOINT|BUCKET|STORE|KEYS|ARCHIVE|WITNESSES|^HOST|_HOST)$/;
const addressInText = /https?:\/\/([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)/g;
/** Packages that open sockets of their own; a new one has to be put into the inventory. */
const opensConnections =
  /^(?:ioredis|redis|bullmq|@google-cloud\/|@aws-sdk\/|@azure\/|openid-client|axios|got|node-fetch|undici|ws|nodemailer|twilio|pg|mysql|mongodb|@sentry\/|firebase|@auth0\/|auth0)/;
const sources = '{packages,apps}/*/src/**/*.{ts,tsx}';
const notShipped =
  /(?:^packages\/testkit|^apps\/ehr-simulator|\/test\/|\/dev\/|\.test\.tsx?$|-fixtures?\.ts$|openapi|asyncapi)/;

/** Reads the facts below `root`. */
export function codeFacts(root: string): CodeFacts {
  return {
    appFolders: readdirSync(join(root, 'apps')).map((name) => `apps/${name}`),
    addressOptions: addressOptions(),
    dependencies: dependenciesOf(root),
    hosts: globSync(sources, { cwd: root })
      .filter((file) => !notShipped.test(file))
      .flatMap((file) => hostsIn(readFileSync(join(root, file), 'utf8'), file)),
  };
}

function addressOptions(): string[] {
  const names = Object.values(configOptions).flatMap((options) =>
    Object.values(options).map(({ env }) => env),
  );
  return [...new Set(names.filter((name) => addressName.test(name)))];
}

function dependenciesOf(root: string): string[] {
  const manifests = globSync('{packages,apps}/*/package.json', { cwd: root }).filter(
    (file) => !notShipped.test(file),
  );
  return manifests.flatMap((file) => {
    const { dependencies = {} } = JSON.parse(readFileSync(join(root, file), 'utf8')) as {
      dependencies?: object;
    };
    return Object.keys(dependencies);
  });
}

/** Hosts in addresses of one text. Names for examples (RFC 2606, RFC 5737) connect to nothing. */
export function hostsIn(text: string, file: string): { host: string; file: string }[] {
  const hosts = new Set([...text.matchAll(addressInText)].map(([, host = '']) => host.toLowerCase()));
  return [...hosts]
    .filter((host) => !/(?:^|\.)(?:example|test|invalid)(?:\.(?:org|com|net))?$|^192\.0\.2\./.test(host))
    .filter((host) => host.includes('.') || host === 'localhost')
    .map((host) => ({ host, file }));
}

/** What the code has and the inventory does not name, one sentence each. */
export function inventoryGaps({
  appFolders,
  addressOptions: options,
  dependencies,
  hosts,
}: CodeFacts): string[] {
  const ids = new Set([...assets.map(({ id }) => id), 'own', 'namespace']);
  const folders = new Set(assets.map(({ folder }) => folder));
  const connecting = [...new Set(dependencies.filter((name) => opensConnections.test(name)))];
  const targets = { ...optionTargets, ...connectingLibraries, ...knownHosts };
  return [
    ...appFolders.filter((folder) => !folders.has(folder)).map((folder) => `${folder} is no asset`),
    ...options.filter((name) => !(name in optionTargets)).map((name) => `${name} points at no asset`),
    ...connecting
      .filter((name) => !(name in connectingLibraries))
      .map((name) => `${name} connects to no asset`),
    ...hosts.filter(({ host }) => !(host in knownHosts)).map(({ host, file }) => `${file} names ${host}`),
    ...Object.entries(targets)
      .filter(([, id]) => !ids.has(id))
      .map(([name, id]) => `${name} points at ${id}, which is no asset`),
    ...flows
      .filter(({ from, to }) => !(ids.has(from) && ids.has(to)))
      .map(({ id }) => `${id} joins what is no asset`),
  ];
}

const shapes = {
  process: ['[', ']'],
  store: ['[(', ')]'],
  device: ['(', ')'],
  external: ['{{', '}}'],
} as const;

/** The network map as a diagram. */
export function networkMap(): string {
  const nodes = assets.map(({ id, name, kind }) => `  ${id}${shapes[kind][0]}"${name}"${shapes[kind][1]}`);
  const edges = flows.map(({ id, from, to }) => `  ${from} -- ${id} --> ${to}`);
  return ['```mermaid', 'flowchart LR', ...nodes, ...edges, '```'].join('\n');
}

/** The tables of the inventory as a page's parts. */
export function inventoryTables(): string[] {
  const held = assets.map(({ id, name, kind, patientData }) => [
    `\`${id}\``,
    name,
    kind,
    patientData ?? 'none',
  ]);
  const moved = flows.map(({ id, from, to, carries, protection }) => [
    id,
    `\`${from}\` → \`${to}\``,
    carries,
    protection,
  ]);
  return [
    '## Assets',
    markdownTable(['Asset', 'Name', 'Kind', 'Patient data'], held),
    '## Network map',
    networkMap(),
    '## Flows',
    markdownTable(['Flow', 'Between', 'Carries', 'Protected by'], moved),
  ];
}
