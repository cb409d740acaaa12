/** Names whose marks clients encode, sign or lose each in its own way. */
export const oddNames: readonly string[] = [
  'plain',
  'two words',
  'a+b',
  '100%',
  '%41',
  'a&b',
  'a#b',
  '[x]=?',
  '`tick`',
  '{x|y}^',
  'back\\slash',
  `"<'>"`,
  "!'()*~@:$,;/",
  'ü 日本 😀',
  'tab\tline\nend',
]
