import { readdirSync } from 'node:fs'
import { join } from 'node:path'

const SOURCES = join(__dirname, '../src')

/** Every file of the console's own source, generated types left out. */
export function sources(folder = SOURCES): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return sources(path)
    return /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts') ? [path] : []
  })
}
