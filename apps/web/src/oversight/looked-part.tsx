import { Button, Loader } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { FailureNote } from '../app/failure-note.tsx';
import { PageSection } from '../app/page-shell.tsx';
import { moment } from '../format/moment.ts';
import classes from './oversight.module.css';
import type { Looked } from './use-looked.ts';

type Props<T> = {
  title: string;
  /** What is being read, for who hears the page. */
  loading: string;
  looked: Looked<T>;
  /** What went wrong with what was done here. */
  failure?: string | null;
  action?: ReactNode;
  /** Stands above the list whether or not it could be read. */
  filter?: ReactNode;
  children: (value: T) => ReactNode;
};

/** A part of the page that says of itself how old it is; what could not be read again is not passed off as new. */
export function LookedPart<T>(props: Props<T>) {
  const { title, loading, looked, failure = null, action, filter, children } = props;
  const { value, at } = looked;
  // A look that nobody asked for draws nothing: the page would flicker by itself.
  const [isAsked, setIsAsked] = useState(false);
  const again = async () => {
    setIsAsked(true);
    await looked.look();
    setIsAsked(false);
  };
  const isOld = looked.failure !== null;
  return (
    <PageSection
      title={title}
      action={
        <>
          {action}
          <Button
            variant="default"
            loading={isAsked}
            aria-label={`Look again: ${title}`}
            onClick={() => void again()}
          >
            Look again
          </Button>
        </>
      }
    >
      <FailureNote failure={failure ?? looked.failure} />
      {filter}
      {value === null && !isOld && <Loader aria-label={loading} />}
      {value !== null && at !== null && (
        <>
          <p className={classes.asOf} data-is-old={isOld}>
            {isOld ? `Not up to date: this is what was there on ${moment(at)}` : `As of ${moment(at)}`}
          </p>
          {children(value)}
        </>
      )}
    </PageSection>
  );
}
