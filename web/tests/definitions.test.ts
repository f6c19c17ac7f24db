import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { sources } from './sources'

const FILE = join(__dirname, '../../src/zhisuan/services/monitoring/definitions.toml')

describe('every number that can be asked', () => {
  const known = [...readFileSync(FILE, 'utf-8').matchAll(/^\[(\w+)\]$/gm)].map((each) => each[1])

  test.each(sources())('has a definition: %s', (file) => {
    const asked = [...readFileSync(file, 'utf-8').matchAll(/\b(?:ask|<Ask code)="(\w+)"/g)]
    for (const [, code] of asked) expect(known, `${code} of ${file}`).toContain(code)
  })
})
