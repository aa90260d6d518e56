import { Button } from '@mantine/core';
import type { EhrLinkApi } from '@workflow-bolt/client';
import { FailureNote } from '../app/failure-note.tsx';
import { PageSection } from '../app/page-shell.tsx';
import { DriftReport } from '../drift/drift-report.tsx';
import { useComparison } from '../drift/use-comparison.ts';
import classes from './ehr-link.module.css';

type Props = { api: EhrLinkApi; clinic: { id: string; name: string; zone: string; today: string } };

/** How the present day differs from the EHR, field by field, and what to do about it. It repairs nothing. */
export function DriftSection({ api, clinic }: Props) {
  const { id, today, zone } = clinic;
  const comparison = useComparison(api, { clinic: id, date: today });
  const { value, failure, compare, isBusy } = comparison;
  return (
    <PageSection
      title={`Compared with the EHR: ${clinic.name}`}
      action={
        <div className={classes.buttons}>
          <Button
            component="a"
            href={`/drift?clinic=${encodeURIComponent(id)}&date=${today}`}
            variant="subtle"
          >
            For paper, or another day
          </Button>
          <Button variant="default" loading={isBusy} onClick={() => void compare()}>
            Compare now
          </Button>
        </div>
      }
    >
      <FailureNote failure={failure} />
      {value && <DriftReport value={value} comparison={comparison} zone={zone} />}
    </PageSection>
  );
}
