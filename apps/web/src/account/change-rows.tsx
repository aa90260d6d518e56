import type { AccountChangeRow } from '@workflow-bolt/client';
import { Nothing, Row, Rows } from '../app/page-shell.tsx';
import { moment } from '../format/moment.ts';
import { roleLabel } from '../session/role-label.ts';

const words: Record<AccountChangeRow['what'], string> = {
  created: 'Account made',
  access: 'Roles and clinics changed',
  named: 'Renamed',
  deactivated: 'Deactivated',
  activated: 'Activated again',
  invited: 'Invitation code made',
  reset: 'Sign-in reset',
  'token-made': 'Access token made',
  'token-ended': 'Access token ended',
};

/** What the account held afterwards, where that was the matter. */
function heldAfter({ what, roles, clinics }: AccountChangeRow): string[] {
  if (what !== 'access' && what !== 'created') return [];
  return [[roles.map((role) => roleLabel[role]).join(', '), ...clinics].join(', ')];
}

/** Who changed an account, when, to what, and why. */
export function ChangeRows({ changes }: { changes: readonly AccountChangeRow[] }) {
  if (changes.length === 0) return <Nothing>Nobody has changed it.</Nothing>;
  return (
    <Rows label="Changes">
      {changes.map((change) => (
        <Row
          key={`${change.at} ${change.what}`}
          name={words[change.what]}
          detail={[
            moment(change.at),
            change.by.name ?? change.by.uid,
            ...heldAfter(change),
            ...(change.reason === null ? [] : [`“${change.reason}”`]),
          ].join(' · ')}
        />
      ))}
    </Rows>
  );
}
