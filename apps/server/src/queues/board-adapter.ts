/**
 * Bull Board without a web framework of its own: the library says which requests its page makes, and this keeps what
 * answers them, so that each can be called from a row of our route table, after everything that is checked there.
 */
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import type {
  AppControllerRoute,
  AppViewRoute,
  BullBoardQueues,
  ControllerHandlerReturnType,
  IServerAdapter,
  UIConfig,
} from '@bull-board/api/typings/app';
import type { Queue } from 'bullmq';

/** What a request of the page says. */
export type BoardAsk = { params: Record<string, string>; query: Record<string, string> };
export type BoardAnswer = { status: number; body: unknown };

class KeptRoutes implements IServerAdapter {
  queues: BullBoardQueues = new Map();
  routes: readonly AppControllerRoute[] = [];
  ui: UIConfig = {};
  onError: (error: Error) => ControllerHandlerReturnType = () => ({ status: 500, body: {} });

  setQueues(queues: BullBoardQueues) {
    this.queues = queues;
    return this;
  }
  setApiRoutes(routes: AppControllerRoute[]) {
    this.routes = routes;
    return this;
  }
  setUIConfig(ui: UIConfig) {
    this.ui = ui;
    return this;
  }
  setErrorHandler(handler: (error: Error) => ControllerHandlerReturnType) {
    this.onError = handler;
    return this;
  }
  /** Page and files are served by this product, under its own headers. */
  setViewsPath(_path: string) {
    return this;
  }
  setStaticPath(_route: string, _path: string) {
    return this;
  }
  setEntryRoute(_route: AppViewRoute) {
    return this;
  }
}

export type QueueBoard = {
  /** Configuration of the page, as it reads it from itself. */
  ui: UIConfig;
  /** Answers a reading request of the page; null when the library has no such request. */
  answer: (route: string, ask: BoardAsk) => Promise<BoardAnswer | null>;
};

/** The board of these queues, to look at only: nothing that changes a queue is ever called. */
export function createQueueBoard(queues: readonly Queue[]): QueueBoard {
  const kept = new KeptRoutes();
  createBullBoard({
    queues: queues.map((queue) => new BullMQAdapter(queue, { readOnlyMode: true })),
    serverAdapter: kept,
    options: { uiConfig: { boardTitle: 'Queues', hideRedisDetails: true, locale: { lng: 'en-US' } } },
  });
  return {
    ui: kept.ui,
    answer: async (route, { params, query }) => {
      const found = kept.routes.find((each) => each.route === route && each.method === 'get');
      if (!found) return null;
      const ask = { queues: kept.queues, uiConfig: kept.ui, params, query, body: {}, headers: {} };
      const { status = 200, body } = await found.handler(ask);
      return { status, body };
    },
  };
}
