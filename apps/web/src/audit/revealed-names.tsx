import { Button } from '@mantine/core';
import type { AuditApi } from '@workflow-bolt/client';
import { type Revealed, revealPatientsMax } from '@workflow-bolt/contracts';
import { useState } from 'react';
import classes from './audit.module.css';
import { RevealDialog } from './reveal-dialog.tsx';

const nameText = ({ patient, fullName, dob }: Revealed): string =>
  fullName === null
    ? `${patient}: no board that is kept says who it is`
    : `${patient}: ${fullName}${dob === null ? '' : `, born ${dob}`}`;

type Props = { api: AuditApi; clinic: string; patients: readonly string[] };

/** The way from the patients of a list to their names, which are gone when they are hidden or the page is left. */
export function RevealedNames({ api, clinic, patients }: Props) {
  const [isAsking, setIsAsking] = useState(false);
  const [names, setNames] = useState<readonly Revealed[] | null>(null);
  const asked = patients.slice(0, revealPatientsMax);
  const show = (revealed: readonly Revealed[]) => {
    setNames(revealed);
    setIsAsking(false);
  };
  return (
    <>
      {names && (
        <section className={classes.names} aria-label="Names">
          <ul>
            {names.map((each) => (
              <li key={each.patient}>{nameText(each)}</li>
            ))}
          </ul>
          <Button variant="default" onClick={() => setNames(null)}>
            Hide names
          </Button>
        </section>
      )}
      <Button
        variant="default"
        disabled={asked.length === 0 || patients.length > revealPatientsMax}
        onClick={() => setIsAsking(true)}
      >
        Who is this?
      </Button>
      {isAsking && (
        <RevealDialog
          {...{ api, clinic, patients: asked, onRevealed: show }}
          onClose={() => setIsAsking(false)}
        />
      )}
    </>
  );
}
