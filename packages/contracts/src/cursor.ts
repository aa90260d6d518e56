import { z } from 'zod';

/**
 * Cursor of a board stream: `v1.<view>.<schema>.<epoch>.<seq>.<id>.<chain>`.
 * It names a position *and* the history that led there: after a failover that lost its tail the new history
 * reuses positions, and only the chain hash tells them apart.
 */
export const viewKinds = ['staff', 'wall'] as const;
export type ViewKind = (typeof viewKinds)[number];

/**
 * What a reader asks for (`staff`), and what the server answered with (`staff-nurse`): the kind, narrowed to what the
 * reader's role may see. A cursor names the latter, so that whoever comes back with other rights gets a snapshot. A
 * client sends back what it was given; the server decides anew and believes only the kind.
 */
export type View = ViewKind | `${ViewKind}-${string}`;
export const viewSchema = z
  .string()
  .regex(/^(?:staff|wall)(?:-[a-z0-9-]{1,40})?$/)
  .transform((text) => text as View)
  .meta({ id: 'View' });

export const viewKindOf = (view: View): ViewKind => (view.startsWith('wall') ? 'wall' : 'staff');

export type Cursor = { view: View; schema: number; epoch: string; seq: number; id: string; chain: string };

const shape =
  /^v1\.((?:staff|wall)(?:-[a-z0-9-]{1,40})?)\.(\d{1,6})\.([0-9a-f]{32})\.(\d{1,15})\.(\d{1,20}-\d{1,10})\.([0-9a-f]{32})$/;

export function formatCursor(cursor: Cursor): string {
  return `v1.${cursor.view}.${cursor.schema}.${cursor.epoch}.${cursor.seq}.${cursor.id}.${cursor.chain}`;
}

/** Returns null for anything that is not a cursor of this version: the reader then gets a snapshot. */
export function parseCursor(text: string): Cursor | null {
  const match = shape.exec(text);
  if (!match) return null;
  const [, view, schema, epoch, seq, id, chain] = match as unknown as [
    string,
    View,
    string,
    string,
    string,
    string,
    string,
  ];
  return { view, schema: Number(schema), epoch, seq: Number(seq), id, chain };
}
