/**
 * Cursor of a board stream: `v1.<view>.<schema>.<epoch>.<seq>.<id>.<chain>`.
 * It names a position *and* the history that led there: after a failover that lost its tail the new history
 * reuses positions, and only the chain hash tells them apart.
 */
export const views = ['staff', 'wall'] as const;
export type View = (typeof views)[number];

export type Cursor = { view: View; schema: number; epoch: string; seq: number; id: string; chain: string };

const shape =
  /^v1\.(staff|wall)\.(\d{1,6})\.([0-9a-f]{32})\.(\d{1,15})\.(\d{1,20}-\d{1,10})\.([0-9a-f]{32})$/;

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
