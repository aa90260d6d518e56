import { createHash } from 'node:crypto';
import { actionMatrix, fieldMatrix, personWriters, separatedRoles } from '@workflow-bolt/domain';

/** Which policy decided: a fingerprint of both matrices, in every entry of the record that this process writes. */
export const policyHash: string = `sha256:${createHash('sha256')
  .update(JSON.stringify([actionMatrix, fieldMatrix, personWriters, separatedRoles]))
  .digest('hex')}`;
