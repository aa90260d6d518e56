/** What a control of the catalogue says. The catalogue is data: the engine reads it, the documents are made from it. */

/**
 * Why the control is here: `required` and `addressable` are the words of 45 CFR 164 (addressable means: do it, or
 * document why not); `proposed` comes from the rule proposed in 2025 and is no law; `criterion` is a certification
 * criterion of 45 CFR 170.315(d), used here as a public test list; `regression` is a defect of the former system.
 */
export const controlKinds = ['required', 'addressable', 'proposed', 'criterion', 'regression'] as const;
export type ControlKind = (typeof controlKinds)[number];

/** What people must do and attest; no test of this repository can. */
export type ManualEvidence = {
  /** Named by the attestation, such as `restore-drill`. */
  id: string;
  /** What has to be shown, as a sentence. */
  what: string;
  /** An attestation older than this counts no more. */
  maxAgeDays: number;
};

export type Control = {
  /** `H-04`, `N-02`, `ONC-d-5`, `P03`: tests cite it in brackets. */
  id: string;
  citation: string;
  title: string;
  kind: ControlKind;
  /** What the product does today, in a sentence or two. */
  does: string;
  /** Files that do it, from the root of the repository; each must exist. */
  implementation: readonly string[];
  /** Tags besides the own id that must have passed as well, such as `I9` or `session`. */
  alsoTags?: readonly string[];
  /** Versioned documents that the control rests on; each must be in effect and reviewed in time. */
  documents?: readonly string[];
  manual?: readonly ManualEvidence[];
};
