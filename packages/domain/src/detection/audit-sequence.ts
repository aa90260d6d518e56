/** Gaps in the record of accesses: every process numbers what it appends, so nothing can be taken out unseen. */

/** One entry as the stream holds it: the process and its number there. */
export type NumberedEntry = { inst: string; iseq: number };
export type SequenceGap = { inst: string; after: number; found: number };

/** Follows the numbers of many processes through one stream. */
export class AuditSequence {
  readonly #last = new Map<string, number>();

  /** `isFromStart` false: what came before was trimmed, so the first number of each process is taken as it is. */
  take(entries: readonly NumberedEntry[], isFromStart: boolean): SequenceGap[] {
    const gaps: SequenceGap[] = [];
    for (const { inst, iseq } of entries) {
      const last = this.#last.get(inst) ?? (isFromStart ? 0 : iseq - 1);
      if (iseq !== last + 1) gaps.push({ inst, after: last, found: iseq });
      this.#last.set(inst, Math.max(last, iseq));
    }
    return gaps;
  }
}
