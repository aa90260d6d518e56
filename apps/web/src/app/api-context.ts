import type { ApiClient } from '@workflow-bolt/client';
import { createContext, useContext } from 'react';

export const ApiContext = createContext<ApiClient | null>(null);

/** Throws outside the application. */
export function useApi(): ApiClient {
  const api = useContext(ApiContext);
  if (!api) throw new Error('useApi needs the application around it');
  return api;
}
