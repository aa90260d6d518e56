import type { AuditPerson } from '@workflow-bolt/contracts';
import { useState } from 'react';
import { Nothing, PageSection, Tag } from '../app/page-shell.tsx';
import { day } from '../format/moment.ts';
import { roleLabel } from '../session/role-label.ts';
import { type Column, type Order, SortedTable, sortedBy } from './sorted-table.tsx';

type Key = 'name' | 'roles' | 'state' | 'createdAt' | 'lastSignInAt';

/** Who has an account, and who has not used it for 90 days. */
export function AccountsSection({ people }: { people: readonly AuditPerson[] }) {
  const [by, setBy] = useState<{ sort: Key; order: Order }>({ sort: 'lastSignInAt', order: 'asc' });
  const columns: readonly Column<Key, AuditPerson>[] = [
    { key: 'name', label: 'Name', show: ({ name }) => name },
    { key: 'roles', label: 'Roles', show: ({ roles }) => roles.map((role) => roleLabel[role]).join(', ') },
    {
      key: 'state',
      label: 'State',
      show: ({ state, isDormant }) =>
        isDormant ? <Tag tone="amber">Dormant</Tag> : state === 'active' ? 'Active' : 'Deactivated',
    },
    { key: 'createdAt', label: 'Since', show: ({ createdAt }) => day(createdAt) },
    {
      key: 'lastSignInAt',
      label: 'Last sign-in',
      show: ({ lastSignInAt }) => (lastSignInAt === null ? 'None in 90 days' : day(lastSignInAt)),
    },
  ];
  return (
    <PageSection title="Accounts">
      {people.length === 0 ? (
        <Nothing>No account.</Nothing>
      ) : (
        <SortedTable
          caption="Accounts of the clinic"
          columns={columns}
          rows={sortedBy(people, by.sort, by.order)}
          idOf={({ uid }) => uid}
          {...by}
          onSort={(sort, order) => setBy({ sort, order })}
        />
      )}
    </PageSection>
  );
}
