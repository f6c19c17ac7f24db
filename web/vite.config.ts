import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

// A centre to develop against: `make up`, then `npm run dev` here.
const CENTRE = process.env.ZHISUAN_URL ?? 'http://127.0.0.1:8270'

/** Ant Design writes some styles (the lock of the page under a drawer, the measure of a scroll bar)
 * without the nonce it was given, and the content security policy refuses them: here they get it. */
function noncedStyles(): Plugin {
  const written = 'styleNode.innerHTML = css;'
  const nonce = `document.querySelector('meta[name="csp-nonce"]')?.content ?? ''`
  return {
    name: 'nonced-styles',
    transform(code, id) {
      if (!id.endsWith('/@rc-component/util/es/Dom/dynamicCSS.js')) return null
      if (!code.includes(written)) throw new Error(`${id} is written otherwise than we know it.`)
      return { code: code.replace(written, `styleNode.nonce ||= ${nonce}; ${written}`), map: null }
    },
  }
}

export default defineConfig({
  plugins: [react(), noncedStyles()],
  html: { cspNonce: '__NONCE__' },
  build: {
    outDir: process.env.OUT ?? '../src/zhisuan/console/static',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { '/v1': CENTRE } },
})
