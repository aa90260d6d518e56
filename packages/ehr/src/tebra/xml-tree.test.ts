import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseXml, type XmlElement, XmlRefused } from './xml-tree.ts';

function refusal(text: string, limits?: Parameters<typeof parseXml>[1]): string {
  try {
    parseXml(text, limits);
  } catch (error) {
    if (error instanceof XmlRefused) return error.reason;
    throw error;
  }
  return 'accepted';
}

const BILLION_LAUGHS = `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "ha">${Array.from(
  { length: 9 },
  (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`,
).join('')}]><a>&l9;</a>`;

describe('strict XML', () => {
  test.each([
    ['a document type', '<!DOCTYPE a><a/>', 'doctype'],
    ['an external entity', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', 'doctype'],
    ['an entity that would expand to gigabytes', BILLION_LAUGHS, 'doctype'],
    ['an undeclared entity', '<a>&x;</a>', 'not-well-formed'],
    ['a bare ampersand', '<a>Smith & Sons</a>', 'not-well-formed'],
    ['a control character', '<a>x\u000by</a>', 'illegal-character'],
    ['a control character by reference', '<a>x&#11;y</a>', 'not-well-formed'],
    ['a control character by reference in XML 1.1', '<?xml version="1.1"?><a>x&#11;y</a>', 'not-well-formed'],
    ['another declared encoding', '<?xml version="1.0" encoding="iso-8859-1"?><a/>', 'encoding'],
    ['a cut document', '<a><b>text</b>', 'truncated'],
    ['a document cut inside a tag', '<a><b', 'truncated'],
    ['crossed tags', '<a><b></a></b>', 'not-well-formed'],
    ['an undeclared prefix', '<x:a/>', 'not-well-formed'],
    ['two roots', '<a/><b/>', 'not-well-formed'],
    ['a repeated attribute', '<a b="1" b="2"/>', 'not-well-formed'],
    ['nothing', '', 'truncated'],
    ['a declaration alone', '<?xml version="1.0"?>', 'truncated'],
    ['a plain document', '<?xml version="1.0" encoding="UTF-8"?><a b="1">x</a>', 'accepted'],
  ])('%s', (_name, text, expected) => {
    expect(refusal(text)).toBe(expected);
  });

  test('limits hold at the limit and refuse one more', () => {
    const limits = { depthMax: 5, elementsMax: 10 };
    expect(refusal('<a>'.repeat(5) + '</a>'.repeat(5), limits)).toBe('accepted');
    expect(refusal('<a>'.repeat(6) + '</a>'.repeat(6), limits)).toBe('too-deep');
    expect(refusal(`<a>${'<b/>'.repeat(9)}</a>`, limits)).toBe('accepted');
    expect(refusal(`<a>${'<b/>'.repeat(10)}</a>`, limits)).toBe('too-many-elements');
  });

  test('a million open tags are refused early', () => {
    expect(refusal('<a>'.repeat(1_000_000))).toBe('too-deep');
  });

  test('nil, empty, text and character data are told apart', () => {
    const xsi = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance"';
    const root = parseXml(
      `<a ${xsi}><b i:nil="true"/><b/><b>x<![CDATA[&y]]></b><b nil="true">z</b><b i:nil="0"/></a>`,
    );
    expect(root.children.map(({ nil, text }) => [nil, text])).toEqual([
      [true, ''],
      [false, ''],
      [false, 'x&y'],
      [false, 'z'],
      [false, ''],
    ]);
  });

  test('any text either parses or is refused', () => {
    const soup = fc.array(
      fc.constantFrom(
        '<a>',
        '</a>',
        '<b/>',
        '&amp;',
        '&',
        ']]>',
        '<![CDATA[',
        '<!--',
        '-->',
        '<?',
        '?>',
        'é',
        '\u0000',
        '"',
        '=',
      ),
    );
    fc.assert(
      fc.property(soup, (parts) => {
        expect(typeof refusal(parts.join(''))).toBe('string');
      }),
      { numRuns: 1_000 },
    );
  });

  test('a tree survives writing and reading', () => {
    const leaf = fc.record({
      name: fc.constantFrom('a', 'b', 'c'),
      text: fc.stringMatching(/^[ -%'-;=?-~]*$/),
    });
    fc.assert(
      fc.property(fc.array(leaf), (leaves) => {
        const text = `<r>${leaves.map(({ name, text: own }) => `<${name}>${own}</${name}>`).join('')}</r>`;
        const read = parseXml(text).children.map((child: XmlElement) => ({
          name: child.name,
          text: child.text,
        }));
        expect(read).toEqual(leaves);
      }),
    );
  });
});
