import { type ConfigPatch, PUBLISHED_GAPS_MS } from '@workflow-bolt/ehr-simulator';

/** An EHR that lets every operation be called a hundred times a second: the vendor's limits are the gate's own tests. */
export const hastyEhr: ConfigPatch = {
  throttle: {
    gapsMs: Object.fromEntries(Object.keys(PUBLISHED_GAPS_MS).map((operation) => [operation, 10])),
    jitterMs: 0,
  },
};
