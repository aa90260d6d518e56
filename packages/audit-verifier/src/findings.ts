/** What can be wrong with a record, with the exit code of each: the lowest number found is the answer. */
export const findingCodes = {
  leaf_mismatch: 10,
  root_mismatch: 11,
  bad_signature: 12,
  fork: 13,
  missing_piece: 14,
  sequence: 15,
  time_goes_back: 16,
  witness: 17,
  coverage: 18,
  count_mismatch: 19,
  backlog: 20,
} as const;
export type FindingKind = keyof typeof findingCodes;

export type Finding = {
  kind: FindingKind;
  code: number;
  /** The first leaf concerned, where it is about one. */
  leaf: number | null;
  /** The piece of the archive concerned, where it is about one. */
  piece: string | null;
  detail: string;
};

const sentences: Record<FindingKind, string> = {
  leaf_mismatch: 'an entry is not the one that was sealed',
  root_mismatch: 'the entries do not add up to the signed root',
  bad_signature: 'a checkpoint is not signed by the key given',
  fork: 'two checkpoints exclude each other, or a former one has been put back',
  missing_piece: 'a part of the log is missing',
  sequence: 'a number is missing or there twice',
  time_goes_back: 'an entry is older than the one before it',
  witness: 'the witness has not signed, or signed too late',
  coverage: 'a part of the time that must be kept is not covered',
  count_mismatch: 'entries were gone before they were sealed',
  backlog: 'entries waited too long to be sealed, or the newest checkpoint is old',
};
export const sentenceOf = (kind: FindingKind): string => sentences[kind];

/** Each kind is told at most so many times; the rest is counted. */
const toldMax = 20;

export class Findings {
  readonly all: Finding[] = [];
  readonly #counts = new Map<FindingKind, number>();

  add(kind: FindingKind, detail: string, where: { leaf?: number; piece?: string } = {}): void {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    if (count > toldMax) return;
    const { leaf = null, piece = null } = where;
    this.all.push({ kind, code: findingCodes[kind], leaf, piece, detail });
  }

  get counts(): Partial<Record<FindingKind, number>> {
    return Object.fromEntries(this.#counts) as Partial<Record<FindingKind, number>>;
  }

  /** 0 when nothing was found. */
  get exitCode(): number {
    return Math.min(...this.all.map(({ code }) => code), 99) % 99;
  }
}
