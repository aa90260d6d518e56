import { Button, Loader } from '@mantine/core';
import type { AuditApi } from '@workflow-bolt/client';
import {
  type AuditActivityRow,
  type AuditReview,
  type AuditReviewOutcome,
  auditReviewOutcomes,
} from '@workflow-bolt/contracts';
import { useCallback, useState } from 'react';
import { FailureNote } from '../app/failure-note.tsx';
import { Nothing, PageSection, Row, Rows, Tag } from '../app/page-shell.tsx';
import { useAction } from '../app/use-action.ts';
import { useResource } from '../app/use-resource.ts';
import { moment } from '../format/moment.ts';
import { reviewOutcomeLabel } from './audit-words.ts';
import { type Column, type Order, SortedTable, sortedBy } from './sorted-table.tsx';
import { useAsked } from './use-asked.ts';

type Clinic = { id: string; name: string };
type Props = { api: AuditApi; clinic: Clinic; names: ReadonlyMap<string, string> };
const weekMs = 7 * 86_400_000;
type Key = keyof AuditActivityRow;

/** What every account did in the last seven days, and the weekly review that looks at it. */
export function ActivitySection({ api, clinic, names }: Props) {
  const [by, setBy] = useState<{ sort: Key; order: Order }>({ sort: 'changes', order: 'desc' });
  const load = useCallback(() => {
    const to = Date.now();
    return api.activity(clinic.id, { from: to - weekMs, to });
  }, [api, clinic.id]);
  const { value, failure, isBusy } = useAsked(load);
  const columns: readonly Column<Key, AuditActivityRow>[] = [
    { key: 'uid', label: 'Who', show: ({ uid }) => names.get(uid) ?? uid },
    { key: 'role', label: 'Role', show: ({ role }) => role },
    { key: 'reads', label: 'Reads', show: ({ reads }) => reads },
    { key: 'changes', label: 'Changes', show: ({ changes }) => changes },
    { key: 'refusals', label: 'Refused', show: ({ refusals }) => refusals },
    { key: 'takenAway', label: 'Taken away', show: ({ takenAway }) => takenAway },
    { key: 'patients', label: 'Patients', show: ({ patients }) => patients },
    { key: 'firstAt', label: 'First', show: ({ firstAt }) => moment(firstAt) },
    { key: 'lastAt', label: 'Last', show: ({ lastAt }) => moment(lastAt) },
  ];
  return (
    <>
      <PageSection title="Activity of seven days">
        <FailureNote failure={failure} />
        {isBusy && !value && <Loader aria-label="Reading the record" />}
        {value && value.length === 0 && <Nothing>Nobody did anything that is sealed yet.</Nothing>}
        {value && value.length > 0 && (
          <SortedTable
            caption="Activity by account"
            columns={columns}
            rows={sortedBy(value, by.sort, by.order)}
            idOf={({ uid }) => uid}
            {...by}
            onSort={(sort, order) => setBy({ sort, order })}
          />
        )}
      </PageSection>
      <ReviewsSection api={api} clinic={clinic} />
    </>
  );
}

function ReviewState({ review }: { review: AuditReview }) {
  if (review.outcome !== null) return <Tag tone="calm">{reviewOutcomeLabel[review.outcome]}</Tag>;
  return review.escalatedAt !== null ? <Tag tone="red">Overdue</Tag> : <Tag tone="amber">Due</Tag>;
}

/** Weeks of the record that a person owes a look, and the attestation of it. */
function ReviewsSection({ api, clinic }: { api: AuditApi; clinic: Clinic }) {
  const { value, failure, reload } = useResource(useCallback(() => api.reviews(clinic.id), [api, clinic.id]));
  const action = useAction();
  const attest = async (week: string, outcome: AuditReviewOutcome) => {
    if (await action.run(() => api.attest(clinic.id, week, outcome))) await reload();
  };
  return (
    <PageSection title="Weekly reviews">
      <FailureNote failure={failure ?? action.failure} />
      {value && value.length === 0 && <Nothing>None is due yet.</Nothing>}
      {value && value.length > 0 && (
        <Rows label="Weekly reviews">
          {value.map((review) => (
            <Row key={review.week} name={`Week of ${review.week}`} detail={`Due ${moment(review.dueAt)}`}>
              <ReviewState review={review} />
              {review.outcome === null &&
                auditReviewOutcomes.map((outcome) => (
                  <Button
                    key={outcome}
                    variant="default"
                    disabled={action.isBusy}
                    aria-label={`${reviewOutcomeLabel[outcome]} in the week of ${review.week}`}
                    onClick={() => void attest(review.week, outcome)}
                  >
                    {reviewOutcomeLabel[outcome]}
                  </Button>
                ))}
            </Row>
          ))}
        </Rows>
      )}
    </PageSection>
  );
}
