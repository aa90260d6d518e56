import { Button, Code } from '@mantine/core';
import { EntryPanel } from '../session/entry-panel.tsx';

/** The one way out of a page that is none. */
const toStart = (
  <Button component="a" href="/">
    To the start page
  </Button>
);

/** An address that leads nowhere. It shows no board: whoever mistyped a page must not think that this is it. */
export function NoSuchPage() {
  return (
    <EntryPanel
      title="No such page"
      lead="Nothing is at this address. It may be mistyped, or of an old bookmark."
    >
      <Code block>{location.pathname}</Code>
      {toStart}
    </EntryPanel>
  );
}

/** A page that there is, and that this person does not have. */
export function NotYourPage() {
  return (
    <EntryPanel
      title="Not one of your pages"
      lead="This page belongs to another role. If you need it for your work, ask a manager."
    >
      {toStart}
    </EntryPanel>
  );
}
