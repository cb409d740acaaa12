import { describe, expect, test } from 'vitest'
import { tokenize, tokenLimit } from './filter-lexer.ts'

const kindsOf = (text: string) => tokenize(text).map((token) => `${token.kind} ${token.text}`)

describe('tokenize', () => {
  test.each([
    ['metrics.acc>-1', ['name metrics', 'punctuation .', 'name acc', 'comparator >', 'integer -1']],
    ['a-1', ['name a', 'integer -1']],
    ['params.in', ['name params', 'punctuation .', 'keyword in']],
    ['tags.and', ['name tags', 'punctuation .', 'name and']],
    ['metrics.1st', ['name metrics', 'punctuation .', 'name 1st']],
    ['x.12s', ['name x', 'float .1', 'name 2s']],
    [
      '.5 5. 1e3 1e+3',
      ['float .5', 'space  ', 'float 5.', 'space  ', 'float 1e3', 'space  ', 'name 1e', 'operator +', 'integer 3'],
    ],
    ['\'it\'\'s\' "say ""hi"""', ["string 'it''s'", 'space  ', 'symbol "say ""hi"""']],
    ["'a\\' = 'b'", ["string 'a\\' = '", 'name b', "unknown '"]],
    ['`a``b`', ['name `a``b`']],
    ['IS NOT  NULL', ['keyword IS', 'space  ', 'keyword NOT  NULL']],
    ['not  like', ['comparator not  like']],
    [
      'max(x) max (x)',
      [
        'name max',
        'punctuation (',
        'name x',
        'punctuation )',
        'space  ',
        'keyword max',
        'space  ',
        'punctuation (',
        'name x',
        'punctuation )',
      ],
    ],
    ['准确率', ['name 准确率']],
    ['🙂', ['unknown 🙂']],
    ['a /* b */ c -- d', ['name a', 'space  ', 'comment /* b */', 'space  ', 'name c', 'space  ', 'comment -- d']],
    ['/* never closed', ['operator /', 'wildcard *', 'space  ', 'name never', 'space  ', 'name closed']],
    ['desc nulls last', ['order desc nulls last']],
  ])('reads %s', (text, tokens) => {
    expect(kindsOf(text)).toEqual(tokens)
  })

  test('the tokens put together again are the text', () => {
    const text = `"un\tclosed 'quotes' \`and\` [brackets] £ \u0000 \ud800 %s $x ?? :: := -> 0x1F \\x #y ''`
    expect(
      tokenize(text)
        .map((token) => token.text)
        .join(''),
    ).toBe(text)
  })

  test('stops behind the limit', () => {
    expect(tokenize('a '.repeat(tokenLimit))).toHaveLength(tokenLimit + 1)
  })

  test.each([
    ['quotes that are never closed', `params.a = '${"\\'".repeat(200_000)}`],
    ['comments that are never closed', '/*'.repeat(200_000)],
    ['one long word', 'a'.repeat(500_000)],
    ['one long text', `'${'x'.repeat(2_000_000)}'`],
    ['blanks before what is no dot', `NOT${' '.repeat(9_000)}x`.repeat(20)],
  ])('takes no long time over %s', (_, text) => {
    const start = performance.now()
    tokenize(text)
    expect(performance.now() - start).toBeLessThan(2_000)
  })
})
