import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { AREAS } from '../src/shell/areas'
import { sources } from './sources'

const WORDS = join(__dirname, '../src/words')

type Words = { [name: string]: string | Words }

const areas = readdirSync(join(WORDS, 'zh')).map((file) => file.replace('.json', ''))

function words(language: string, area: string): Words {
  return JSON.parse(readFileSync(join(WORDS, language, `${area}.json`), 'utf-8'))
}

/** `a.b.c` → text of every word. */
function flat(tree: Words, before = ''): Map<string, string> {
  const all = new Map<string, string>()
  for (const [name, value] of Object.entries(tree)) {
    if (typeof value === 'string') all.set(before + name, value)
    else for (const [key, text] of flat(value, `${before}${name}.`)) all.set(key, text)
  }
  return all
}

/** A plural form counts as its word: English has two, Chinese has one. */
const bare = (key: string) => key.replace(/_(one|other|zero)$/, '')

const holes = (text: string) => [...text.matchAll(/\{\{(\w+)/g)].map((each) => each[1]).sort()

describe.each(areas)('the words of %s', (area) => {
  const zh = flat(words('zh', area))
  const en = flat(words('en', area))

  test('are there in both languages', () => {
    const names = (all: Map<string, string>) => [...new Set([...all.keys()].map(bare))].sort()
    expect(names(zh)).toEqual(names(en))
  })

  test('are never empty and ask for the same values', () => {
    const chinese = new Map([...zh].map(([key, text]) => [bare(key), text]))
    for (const [key, text] of en) {
      expect(text.trim(), key).not.toBe('')
      expect(
        holes(text).filter((hole) => hole !== 'count'),
        key,
      ).toEqual(holes(chinese.get(bare(key)) ?? '').filter((hole) => hole !== 'count'))
    }
  })

  test('are Chinese in the Chinese file', () => {
    const latin = [...zh].filter(
      ([key, text]) =>
        !/\p{Script=Han}/u.test(text) &&
        /[a-z]{4,}/i.test(text.replace(/\{\{\w+\}\}/g, '')) &&
        key !== 'language',
    )
    expect(latin).toEqual([])
  })
})

describe('every word that the screens ask for', () => {
  const known = new Set(
    areas.flatMap((area) =>
      [...flat(words('en', area)).keys()].map((key) => `${area}:${bare(key)}`),
    ),
  )

  test.each(sources())('is there: %s', (file) => {
    const text = readFileSync(file, 'utf-8')
    for (const [, key] of text.matchAll(/\bt\(\s*'([a-z]+:[\w.]+)'/g)) {
      expect(known, `${key} of ${file}`).toContain(key)
    }
    for (const [, start] of text.matchAll(/\bt\(\s*`([a-z]+:[\w.]*)\$\{/g)) {
      expect(
        [...known].some((key) => key.startsWith(start ?? '')),
        `${start}… of ${file}`,
      ).toBe(true)
    }
    // A key without its area, or one put together from nothing, would escape this test.
    expect(
      [...text.matchAll(/\bt\(\s*['`](?![a-z]+:|\$\{area\.name\}:nav\.)/g)].map((each) => each[0]),
    ).toEqual([])
  })

  test.each(AREAS)('is there: the pages of $name', ({ name, pages }) => {
    const wanted = ['title', ...pages.flatMap((page) => page.nav?.name ?? [])]
    expect(known).toEqual(new Set([...known, ...wanted.map((each) => `${name}:nav.${each}`)]))
  })
})
