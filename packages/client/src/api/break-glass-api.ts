/** Access in an emergency. Methods throw `ApiError` and `NetworkError`. */
import type {
  BoardKey,
  GlassReviewRequest,
  glassRegisterResponseSchema,
  OpenGlassRequest,
  openGlassSchema,
  ownGlassResponseSchema,
} from '@workflow-bolt/contracts';
import type { z } from 'zod';
import { boardPath } from './api-client.ts';
import type { ApiTransport } from './api-transport.ts';

export type OpenGlass = z.infer<typeof openGlassSchema>;
export type OwnGlass = z.infer<typeof ownGlassResponseSchema>;
export type GlassRegister = z.infer<typeof glassRegisterResponseSchema>;

const registerOf = (clinic: string): string => `/api/v1/clinics/${encodeURIComponent(clinic)}/break-glass`;

export class BreakGlassApi {
  readonly #transport: ApiTransport;

  constructor(transport: ApiTransport) {
    this.#transport = transport;
  }

  own(): Promise<OwnGlass> {
    return this.#transport.get('/api/v1/break-glass');
  }

  open(key: BoardKey, visitId: string, why: OpenGlassRequest): Promise<OpenGlass> {
    return this.#transport.post(`${boardPath(key)}/visits/${encodeURIComponent(visitId)}/break-glass`, why);
  }

  end({ clinic, id }: OpenGlass): Promise<void> {
    return this.#transport.post(`${registerOf(clinic)}/${encodeURIComponent(id)}/end`);
  }

  register(clinic: string): Promise<GlassRegister> {
    return this.#transport.get(registerOf(clinic));
  }

  review({ clinic, id }: OpenGlass, judgement: GlassReviewRequest): Promise<void> {
    return this.#transport.post(`${registerOf(clinic)}/${encodeURIComponent(id)}/review`, judgement);
  }
}
