import type { Operation } from './call.ts';

/** The limits in force, one per endpoint. */
export const getThrottles: Operation = {
  name: 'GetThrottles',
  request: 'GetThrottlesReq',
  response: 'GetThrottlesResp',
  permission: null,
  isWrite: false,
  noData: { ThrottleDetails: null },
  handle(call) {
    const details = Object.entries(call.config.throttle.gapsMs).map(([Endpoint, ThrottleTimeMs]) => ({
      Endpoint,
      ThrottleTimeMs,
    }));
    return { ThrottleDetails: { ThrottleDetail: details } };
  },
};

/** The cheapest check of credentials: the only operation without the common request and answer bases. */
export const getCustomerIdFromKey: Operation = {
  name: 'GetCustomerIdFromKey',
  request: 'GetCustomerIdFromKeyRequest',
  response: 'GetCustomerIdFromKeyResp',
  permission: null,
  isWrite: false,
  noData: { CustomerId: 0, IsAuthorized: false },
  handle: (call) => ({ CustomerId: call.world.customerId, IsAuthorized: true }),
};
