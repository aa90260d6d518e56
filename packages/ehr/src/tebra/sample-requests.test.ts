import { expect, test } from 'vitest';
import { OPERATION_NAMES, REQUEST_MEMBERS, type RequestMember, soapAction } from './operations.ts';
import { structureWithout } from './request-structure.ts';
import { describeShared, sharedText } from './shared-material.ts';
import { type RequestValues, soapRequest } from './soap-request.ts';
import { parseXml } from './xml-tree.ts';

/** Every member filled, so that the whole table is compared and not only what the port happens to use. */
function filled(members: readonly RequestMember[]): RequestValues {
  return Object.fromEntries(members.map(({ name, children }) => [name, children ? filled(children) : '?']));
}

interface Shapes {
  readonly operations: Readonly<Record<string, { soapAction: string; requestParam: string }>>;
}

describeShared('requests equal the vendor’s samples in names, namespaces and order', () => {
  const shapes = JSON.parse(sharedText('tebra-shapes.json')) as Shapes;

  test.each(OPERATION_NAMES)('%s', (operation) => {
    const sample = parseXml(sharedText(`sample-requests/${operation}.request.xml`));
    const ours = parseXml(soapRequest(operation, filled(REQUEST_MEMBERS[operation])));
    // The samples show every toggle; ours are left out on purpose (see operations.ts).
    expect(structureWithout(ours, 'Fields')).toEqual(structureWithout(sample, 'Fields'));
  });

  test.each(OPERATION_NAMES)('%s has the contract’s SOAPAction', (operation) => {
    expect(soapAction(operation)).toBe(shapes.operations[operation]?.soapAction);
    expect(shapes.operations[operation]?.requestParam).toBe('request');
  });
});
