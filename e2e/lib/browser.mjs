// Opens Chromium and watches every page in it: nothing may leave the origin, break the content security
// policy, throw, or answer 5xx; and every page that a story visits is read by axe.
import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import axe from 'axe-core'
import { AxeBuilder } from '@axe-core/playwright'

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) => existsSync(file))

/** launch starts one headless browser; every reader gets a context of their own. With a picture its camera sees that one. */
export function launch({ camera } = {}) {
  return chromium.launch({
    executablePath,
    args: [...(camera ? ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${camera}`] : []),
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage', '--lang=vi'],
  })
}

/** openContext gives a reader of the given width and collects in `problems` what must not happen. */
export async function openContext(browser, origin, { width = 1440, dark = false, script = true } = {}) {
  const phone = width < 600
  const context = await browser.newContext({
    baseURL: origin,
    viewport: { width, height: phone ? 844 : 900 },
    hasTouch: phone,
    isMobile: phone,
    locale: 'vi-VN',
    timezoneId: 'Asia/Ho_Chi_Minh',
    colorScheme: dark ? 'dark' : 'light',
    javaScriptEnabled: script,
    reducedMotion: 'reduce',
  })
  context.setDefaultTimeout(30_000)
  const problems = []
  context.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(`${origin}/`) && !/^(data|blob|about):/.test(url)) problems.push(`request off the origin: ${url}`)
  })
  context.on('response', (response) => {
    if (response.status() >= 500) problems.push(`${response.status()} from ${response.url()}`)
    if (response.status() === 404 && response.request().resourceType() !== 'document') problems.push(`missing: ${response.url()}`)
  })
  context.on('weberror', (error) => problems.push(`script error: ${error.error()}`))
  context.on('console', (message) => {
    // what the server refused on purpose is the story's own business
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      problems.push(`console on ${message.page()?.url()}: ${message.text()}`)
    }
  })
  return { context, problems }
}

// Only serious and critical findings count, so rules that find nothing worse than "moderate" are not asked, and nothing
// is written down about what is in order: on a page with a long table that is most of axe's work.
const light = axe._audit.rules.filter((rule) => ['minor', 'moderate'].includes(rule.impact)).map((rule) => rule.id)
const asked = { resultTypes: ['violations'], rules: Object.fromEntries(light.map((id) => [id, { enabled: false }])) }

/**
 * hideTwins takes from sight the rows of tables and lists of which three alike stand on the page already: the same elements
 * with the same classes, roles and states, other words and addresses. What axe would say of them it says of those three.
 */
function hideTwins() {
  const told = /^(class|role|type|hidden|disabled|checked|open|scope|colspan|aria-(?!label|describedby|controls|owns|details).*|tabindex|style)$/
  const shape = (node) => {
    const own = [...node.attributes].map((a) => (told.test(a.name) ? `${a.name}=${a.value}` : a.name)).sort()
    const words = [...node.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) ? '#' : ''
    return `<${node.localName} ${own}>${words}${[...node.children].map(shape).join('')}`
  }
  const seen = new Map()
  window.axeTwins = { at: [scrollX, scrollY], rows: [] }
  for (const row of document.querySelectorAll('tbody > tr, ul > li, ol > li, svg a')) {
    const key = `${row.parentElement.className} ${shape(row)}`
    const n = (seen.get(key) ?? 0) + 1
    seen.set(key, n)
    if (n > 3 && !row.contains(document.activeElement)) window.axeTwins.rows.push([row, row.style.display])
  }
  for (const [row] of window.axeTwins.rows) row.style.display = 'none'
}

/** showTwins puts everything back as it was. */
function showTwins() {
  for (const [row, display] of window.axeTwins.rows) row.style.display = display
  for (const [row] of window.axeTwins.rows) if (!row.getAttribute('style')) row.removeAttribute('style')
  scrollTo(...window.axeTwins.at)
  delete window.axeTwins
}

/** readWithAxe fails on any serious or critical finding of axe on the page as it stands. */
export async function readWithAxe(page, problems) {
  await page.evaluate(hideTwins)
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).options(asked).analyze()
  await page.evaluate(showTwins)
  for (const v of violations) {
    if (v.impact !== 'serious' && v.impact !== 'critical') continue
    const where = v.nodes.slice(0, 3).map((n) => `${n.target.join(' ')} (${n.failureSummary?.split('\n').slice(1, 2).join('').trim()})`)
    problems.push(`axe ${v.impact} ${v.id} on ${page.url()}: ${where.join('; ')}`)
  }
}

/** noSidewaysScroll fails when the page is wider than the window. */
export async function noSidewaysScroll(page, problems) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  if (over > 1) problems.push(`${page.url()} is ${over} px wider than the window`)
}

/** countBytes adds up what really crossed the wire for a page, by address. */
export async function countBytes(page) {
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  const address = new Map()
  let rows = []
  session.on('Network.responseReceived', (e) => address.set(e.requestId, e.response.url))
  session.on('Network.loadingFinished', (e) => rows.push({ url: address.get(e.requestId) ?? '', bytes: e.encodedDataLength }))
  return {
    take() {
      const taken = rows
      rows = []
      return taken
    },
  }
}
