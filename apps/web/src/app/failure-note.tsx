import { Alert } from '@mantine/core';

/** Why something was not done, said at once; nothing while there is no reason. */
export function FailureNote({ failure }: { failure: string | null }) {
  if (failure === null) return null;
  return (
    <Alert color="red" role="alert" my="xs" styles={{ message: { color: 'var(--text-strong)' } }}>
      {failure}
    </Alert>
  );
}
