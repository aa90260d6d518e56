/** Access in an emergency. Methods throw `ApiError` and `NetworkError`. */
import type {
  BoardKey,
  GlassReviewRequest,
  glassRegisterResponseSchema,
  glassUseResponseSchema,
  OpenGlassRequest,
  openGlassSchema,
  ownGlassResponseSchema,
} from '@workflow-bolt/contracts';
import type { z } from 'zod';
import { boardPath } from './api-client.ts';
import type { ApiTransport } from './api-transport.ts';

export type OpenGlass = z.infer<typeof openGlassSchema>;
export type OwnGlass = z.infer<typeof ownGlassResponseSchema>;
export type GlassUse = z.infer<typeof glassUseResponseSchema>;
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

  /** What was done with it, from the record; each look is on record. */
  use({ clinic, id }: OpenGlass): Promise<GlassUse> {
    return this.#transport.get(`${registerOf(clinic)}/${encodeURIComponent(id)}/use`);
  }

  review({ clinic, id }: OpenGlass, judgement: GlassReviewRequest): Promise<void> {
    return this.#transport.post(`${registerOf(clinic)}/${encodeURIComponent(id)}/review`, judgement);
  }
}
