/** Checking a sealed record of accesses without trusting what wrote it; and the format, for what writes it. */
export { type Checkpoint, checkpointText, type ReadCheckpoint, readCheckpoint } from './checkpoint.ts';
export { CompactRange, edgeOf, type SubtreeAt } from './compact-range.ts';
export { type Confirmation, withCosignatures } from './confirmations.ts';
export { type Finding, type FindingKind, findingCodes, sentenceOf } from './findings.ts';
export { folderReader } from './folder-reader.ts';
export { consistencyProof, inclusionProof, isConsistent, isIncluded, type ReadHash } from './proofs.ts';
export {
  cosignature,
  cosignedMessage,
  formatKey,
  formatNote,
  formatSignatures,
  type NoteKey,
  type NoteSignature,
  noteKey,
  parseKey,
  parseNote,
  parseSignatures,
  type SignedNote,
  verifyNote,
} from './signed-note.ts';
export {
  bundleName,
  checkpointFolder,
  checkpointName,
  checkpointNameOf,
  cosignatureFolder,
  cosignatureNameOf,
  decodeBundle,
  decodeTile,
  encodeBundle,
  type LogReader,
  levelCount,
  MissingPiece,
  readPiece,
  tileHashes,
  tileName,
  tileWidth,
  widthOf,
} from './tiles.ts';
export { emptyRoot, fullRoot, isSameHash, leafHash, nodeHash, type TreeHash } from './tree-hash.ts';
export { certificateMessage, isCertificateOf } from './verify-certificate.ts';
export { type ExportManifest, type ExportProofs, exportNames, verifyExport } from './verify-export.ts';
export { type VerifyOptions, type VerifyReport, verifyLog } from './verify-log.ts';
export {
  type AddCheckpointRequest,
  addCheckpointPath,
  formatAddCheckpoint,
  parseAddCheckpoint,
  parseSize,
  sizeMediaType,
} from './witness/add-checkpoint-request.ts';
export { runWitness, type WitnessWorld } from './witness/run-witness.ts';
export type { ServedWitness } from './witness/serve-witness.ts';
