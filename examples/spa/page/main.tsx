import { createBrowserClient } from '@gatehouse/sdk/browser';
import { GatehouseProvider, RequireAuth, useAuth } from '@gatehouse/sdk/react';
import { StrictMode, type SubmitEvent, useCallback, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';

/** Written in by the build. */
declare const ISSUER: string;

const auth = createBrowserClient({
  issuer: ISSUER,
  clientId: 'board',
  redirectUri: `${location.origin}/callback`,
  postLogoutRedirectUri: `${location.origin}/`,
  scope: 'openid profile offline_access tasks:read tasks:write',
});

interface Task {
  id: number;
  title: string;
}

function Board() {
  const { user, signOut, fetch } = useAuth();
  const [tasks, setTasks] = useState<Task[]>([]);
  const load = useCallback(async () => setTasks(await (await fetch('/api/tasks')).json()), [fetch]);
  useEffect(() => void load(), [load]);

  async function add(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const title = new FormData(form).get('title');
    const headers = { 'content-type': 'application/json' };
    await fetch('/api/tasks', { method: 'POST', headers, body: JSON.stringify({ title }) });
    form.reset();
    await load();
  }

  // The API wants a fresh sign-in for this one: the person is led there, and comes back to press once more.
  async function clear() {
    await fetch('/api/tasks', { method: 'DELETE' });
    await load();
  }

  return (
    <>
      <header>
        <h1>Project board</h1>
        <p>
          {user?.name}{' '}
          <button type="button" onClick={() => void signOut()}>
            Sign out
          </button>
        </p>
      </header>
      <ul>
        {tasks.map(({ id, title }) => (
          <li key={id}>{title}</li>
        ))}
      </ul>
      <form onSubmit={add}>
        <input name="title" aria-label="New task" required />
        <button type="submit">Add</button>
      </form>
      <button type="button" onClick={() => void clear()}>
        Delete all
      </button>
    </>
  );
}

const root = document.getElementById('board');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <GatehouseProvider client={auth}>
        <RequireAuth fallback={<p>One moment …</p>} failed={(error) => <p role="alert">{error.message}</p>}>
          <Board />
        </RequireAuth>
      </GatehouseProvider>
    </StrictMode>,
  );
}
