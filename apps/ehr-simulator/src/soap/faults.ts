import { writeFault } from './envelope-write.ts';
import { NAMESPACES } from './shape.ts';

const DISPATCHER = 'http://schemas.microsoft.com/net/2005/12/windowscommunicationfoundation/dispatcher';
const ADDRESSING = 'http://schemas.microsoft.com/ws/2005/05/addressing/none';

/** WCF's answer to an exception nobody caught. */
export function internalFault(): string {
  return writeFault(
    'InternalServiceFault',
    DISPATCHER,
    'The server was unable to process the request due to an internal error.  For more information about the error, either ' +
      'turn on IncludeExceptionDetailInFaults (either from ServiceBehaviorAttribute or from the <serviceDebug> configuration ' +
      'behavior) on the server in order to send the exception information back to the client, or turn on tracing as per the ' +
      'Microsoft .NET Framework SDK documentation and inspect the server trace logs.',
  );
}

/** WCF's answer to a SOAPAction that no operation has. */
export function contractFilterFault(action: string): string {
  return writeFault(
    'ActionNotSupported',
    ADDRESSING,
    `The message with Action '${action}' cannot be processed at the receiver, due to a ContractFilter mismatch at the ` +
      'EndpointDispatcher. This may be because of either a contract mismatch (mismatched Actions between sender and receiver) ' +
      'or a binding/security mismatch between the sender and the receiver.  Check that sender and receiver have the same ' +
      'contract and the same binding (including security requirements, e.g. Message, Transport, None).',
  );
}

/** WCF's answer to a request that does not fit the data contract. */
export function deserializationFault(inner: string): string {
  return writeFault(
    'DeserializationFailed',
    DISPATCHER,
    'The formatter threw an exception while trying to deserialize the message: There was an error while trying to ' +
      `deserialize parameter ${NAMESPACES.kar}:request. The InnerException message was '${inner}'.  Please see ` +
      'InnerException for more details.',
  );
}

/** WCF's answer to a body whose element is not the operation's. */
export function wrongBodyFault(operation: string, found: { name: string; uri: string }): string {
  return writeFault(
    'DeserializationFailed',
    DISPATCHER,
    `Error in deserializing body of request message for operation '${operation}'. OperationFormatter encountered an invalid ` +
      `Message body. Expected to find node type 'Element' with name '${operation}' and namespace '${NAMESPACES.kar}'. Found ` +
      `node type 'Element' with name '${found.name}' and namespace '${found.uri}'`,
  );
}
