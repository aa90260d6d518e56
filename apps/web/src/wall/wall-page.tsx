import { Button, Center, Loader, PasswordInput, Stack } from '@mantine/core';
import { ApiError, createBoardClient, DisplayApi, type OwnDisplay } from '@workflow-bolt/client';
import { BoardProvider, useBoard } from '@workflow-bolt/react';
import { type FormEvent, useCallback, useEffect, useMemo, useState } from 'react';
import { useApi } from '../app/api-context.ts';
import { useResource } from '../app/use-resource.ts';
import { EntryPanel } from '../session/entry-panel.tsx';
import { WallScreen } from './wall-screen.tsx';

/** The day turns over at midnight, and a removed screen finds out by asking. */
const askEveryMs = 60_000;

/** Which display this browser is; `no` when it is none. */
async function whichHere(api: DisplayApi): Promise<OwnDisplay | 'no'> {
  return api.here().catch((cause: unknown) => {
    const isNone = cause instanceof ApiError && (cause.status === 401 || cause.status === 403);
    if (isNone) return 'no' as const;
    throw cause;
  });
}

/** A screen on a wall: no member of staff signs in on it; it is given a token once and keeps it as a cookie. */
export function WallPage() {
  const { transport } = useApi();
  const api = useMemo(() => new DisplayApi(transport), [transport]);
  const { value, failure, reload } = useResource(useCallback(() => whichHere(api), [api]));
  useEffect(() => {
    const timer = setInterval(() => void reload(), askEveryMs);
    return () => clearInterval(timer);
  }, [reload]);
  if (!value)
    return (
      <Center h="100%">
        {failure ? (
          <Button onClick={() => void reload()}>Try again</Button>
        ) : (
          <Loader aria-label="Looking which display this is" />
        )}
      </Center>
    );
  if (value === 'no') return <TokenForm api={api} onEnrolled={() => void reload()} />;
  return <HangingScreen {...value} onOut={() => void reload()} />;
}

function TokenForm({ api, onEnrolled }: { api: DisplayApi; onEnrolled: () => void }) {
  const [token, setToken] = useState('');
  const [failure, setFailure] = useState<string | null>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void api.become(token.trim()).then(onEnrolled, (cause: unknown) => {
      const isWrong = cause instanceof ApiError && (cause.status === 400 || cause.status === 401);
      setFailure(isWrong ? 'This token is not valid.' : String(cause));
    });
  };
  return (
    <EntryPanel
      title="Wall display"
      lead="A manager enrols a display in the administration and is shown its token once."
      failure={failure}
    >
      <form onSubmit={submit}>
        <Stack gap="sm">
          <PasswordInput
            label="Token"
            autoComplete="off"
            value={token}
            onChange={(event) => setToken(event.currentTarget.value)}
            visibilityToggleButtonProps={{ 'aria-label': 'Show the token' }}
          />
          <Button type="submit" disabled={token.trim() === ''}>
            Show the board here
          </Button>
        </Stack>
      </form>
    </EntryPanel>
  );
}

type HangingProps = OwnDisplay & { onOut: () => void };

function HangingScreen({ clinic, today, name, onOut }: HangingProps) {
  const api = useApi();
  const client = useMemo(
    () =>
      createBoardClient({
        ...{ baseUrl: '', api, clinic, date: today, view: 'wall' },
        actor: { id: 'display', name, role: 'display', station: null },
        // Nothing of a patient stays in a screen that anybody can carry away.
        ...{ storage: 'memory', tabs: false, presence: false },
      }),
    [api, clinic, today, name],
  );
  return (
    <BoardProvider client={client}>
      <OutWatch onOut={onOut} />
      <WallScreen />
    </BoardProvider>
  );
}

/** A removed display shows nothing any more: not even what it was last told. */
function OutWatch({ onOut }: { onOut: () => void }) {
  const phase = useBoard(({ connection }) => connection.phase);
  const isOut = phase === 'needs-auth' || phase === 'forbidden';
  useEffect(() => {
    if (isOut) onOut();
  }, [isOut, onOut]);
  return null;
}
