import type { Day, Visit } from '@workflow-bolt/contracts';
import { type SyncState, syncOf } from '@workflow-bolt/domain';

/** How writing to the EHR stands for a visit, as its card shows it. A dry run writes nothing: people do. */
export function writeStateOf(visit: Visit, day: Day): SyncState {
  const { state, reason } = syncOf(visit, day);
  return reason === 'dry-run' ? 'off' : state;
}
