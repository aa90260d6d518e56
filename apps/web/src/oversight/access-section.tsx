import { Button } from '@mantine/core';
import type {
  AccessInForce,
  AccessReviewList,
  AccountsApi,
  OversightApi,
  Session,
} from '@workflow-bolt/client';
import type { AccessReview } from '@workflow-bolt/contracts';
import { administrationProblem } from '@workflow-bolt/domain';
import { useCallback, useState } from 'react';
import { Nothing, Row, Rows, Tag } from '../app/page-shell.tsx';
import { plural } from '../format/duration.ts';
import { moment } from '../format/moment.ts';
import { AccessRow } from './access-row.tsx';
import { accessKey, accessOutcomeLabel, reviewedText } from './access-words.ts';
import type { Directory } from './account-names.ts';
import type { Names } from './alert-words.ts';
import { AttestAccessDialog } from './attest-access-dialog.tsx';
import { LookedPart } from './looked-part.tsx';
import classes from './oversight.module.css';
import { useLooked } from './use-looked.ts';

type Clinic = { id: string; name: string };
type Both = { list: AccessReviewList; inForce: AccessInForce };
type Props = {
  api: OversightApi;
  accountsApi: AccountsApi;
  session: Session;
  clinic: Clinic;
  directory: Directory;
};

/** What was decided here so far: it counts for exactly what was looked at, and is gone with the page. */
function useDecisions(inForce: AccessInForce) {
  const [kept, setKept] = useState<ReadonlySet<string>>(new Set());
  const [hasChanged, setHasChanged] = useState(false);
  const keep = (key: string, isKept: boolean) => {
    const next = new Set(kept);
    if (isKept) next.add(key);
    else next.delete(key);
    setKept(next);
  };
  const left = inForce.accounts.filter((row) => !kept.has(accessKey(row))).length;
  return { kept, keep, left, hasChanged, noteChange: () => setHasChanged(true) };
}

function ReviewState({ review, now }: { review: AccessReview | undefined; now: number }) {
  if (!review) return <Tag>The first review is not open yet</Tag>;
  return now > review.dueAt ? (
    <Tag tone="red">Overdue since {moment(review.dueAt)}</Tag>
  ) : (
    <Tag tone="amber">Due {moment(review.dueAt)}</Tag>
  );
}

function History({ reviews, names }: { reviews: readonly AccessReview[]; names: Names }) {
  return (
    <>
      <h3 className={classes.history}>Former reviews</h3>
      {reviews.length === 0 && <Nothing>None so far.</Nothing>}
      {reviews.length > 0 && (
        <Rows label="Former reviews">
          {reviews.map((review) => (
            <Row key={review.number} name={`Review ${review.number}`} detail={reviewedText(review, names)}>
              {review.outcome && <Tag tone="calm">{accessOutcomeLabel[review.outcome]}</Tag>}
              {review.escalatedAt !== null && <Tag tone="amber">Was late</Tag>}
            </Row>
          ))}
        </Rows>
      )}
    </>
  );
}

function Present({ both, ...props }: Props & { both: Both; onAgain: () => void }) {
  const { list, inForce } = both;
  const { api, accountsApi, session, clinic, directory, onAgain } = props;
  const { kept, keep, left, hasChanged, noteChange } = useDecisions(inForce);
  const [isAttesting, setIsAttesting] = useState(false);
  const review = list.reviews.find(({ reviewedAt }) => reviewedAt === null);
  const me = { uid: session.user.id, roles: session.roles, clinics: session.clinics.map(({ id }) => id) };
  const accountOf = (uid: string) => {
    const account = directory.accounts?.accounts.find((each) => each.uid === uid);
    return account && administrationProblem(me, account) === null ? account : null;
  };
  const changed = () => {
    noteChange();
    onAgain();
  };
  const done = () => {
    setIsAttesting(false);
    onAgain();
  };
  const count = inForce.accounts.length;
  return (
    <>
      <p className={classes.progress}>
        <ReviewState review={review} now={list.now} />{' '}
        <span role="status">{`${count - left} of ${plural(count, 'account')} kept`}</span>
      </p>
      <Rows label="Access in force">
        {inForce.accounts.map((row) => (
          <AccessRow
            key={row.uid}
            api={accountsApi}
            row={row}
            account={accountOf(row.uid)}
            isOwn={row.uid === me.uid}
            clinics={directory.accounts?.clinics ?? session.clinics}
            isKept={kept.has(accessKey(row))}
            onKeep={(isKept) => keep(accessKey(row), isKept)}
            onChanged={changed}
          />
        ))}
      </Rows>
      {review && (
        <Button mt="md" disabled={left > 0} onClick={() => setIsAttesting(true)}>
          Attest the review
        </Button>
      )}
      <History
        reviews={list.reviews.filter(({ reviewedAt }) => reviewedAt !== null)}
        names={directory.names}
      />
      {review && isAttesting && (
        <AttestAccessDialog
          {...{ api, clinic, number: review.number, inForce: { digest: inForce.digest, count } }}
          proposed={hasChanged ? 'corrected' : 'confirmed'}
          onDone={done}
          onClose={() => setIsAttesting(false)}
        />
      )}
    </>
  );
}

/** The review of who may do what in a clinic: the one that is owed, account by account, and those that were made. */
export function AccessSection(props: Props) {
  const { api, clinic, directory } = props;
  const looked = useLooked(
    useCallback(async (): Promise<Both> => {
      const [list, inForce] = await Promise.all([api.accessReviews(clinic.id), api.accessInForce(clinic.id)]);
      return { list, inForce };
    }, [api, clinic.id]),
  );
  const again = () => {
    void directory.reload();
    void looked.look();
  };
  return (
    <LookedPart
      title={`Review of access in ${clinic.name}`}
      loading="Loading the access in force"
      looked={looked}
      failure={directory.failure}
    >
      {(both) => (
        // What was kept counts for one review: the next one begins with none.
        <Present key={both.list.reviews[0]?.number ?? 0} {...props} both={both} onAgain={again} />
      )}
    </LookedPart>
  );
}
