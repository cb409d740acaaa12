import { expect, test } from 'vitest'
import { attachmentDisposition } from './content-disposition.ts'

// What MLflow 3.17.0 answers for files of these names.
test.each([
  ['a.txt', 'filename=a.txt'],
  ['p q.txt', 'filename="p q.txt"'],
  ['a"b.txt', 'filename="a\\"b.txt"'],
  ['a\\b.txt', 'filename="a\\\\b.txt"'],
  ['a;b.txt', 'filename="a;b.txt"'],
  ["it's.txt", "filename=it's.txt"],
  ['a,b=c.txt', 'filename="a,b=c.txt"'],
  ['a&b+c.txt', 'filename=a&b+c.txt'],
  ['100%', 'filename=100%'],
  ['[x', 'filename="[x"'],
  ['', 'filename=""'],
  ['é.txt', "filename=e.txt; filename*=UTF-8''%C3%A9.txt"],
  ['e\u0301.txt', "filename=e.txt; filename*=UTF-8''e%CC%81.txt"],
  ['日本語', "filename=download; filename*=UTF-8''%E6%97%A5%E6%9C%AC%E8%AA%9E"],
  ['日本語.txt', "filename=.txt; filename*=UTF-8''%E6%97%A5%E6%9C%AC%E8%AA%9E.txt"],
  ['😀.txt', "filename=.txt; filename*=UTF-8''%F0%9F%98%80.txt"],
  ['漢 🚀.txt', 'filename=" .txt"; filename*=UTF-8\'\'%E6%BC%A2%20%F0%9F%9A%80.txt'],
  ["é!#$&+^`|~*'()", "filename=\"e!#$&+^`|~*'()\"; filename*=UTF-8''%C3%A9!#$&+^`|~%2A%27%28%29"],
])('%s', (name, parameters) => {
  expect(attachmentDisposition(name)).toBe(`attachment; ${parameters}`)
})
