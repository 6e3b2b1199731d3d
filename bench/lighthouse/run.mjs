// Prints what Lighthouse thinks of the pages that most people meet, beside the limit, and fails below it. Each page is
// looked at three times on a phone of the middle class with a slow line (Lighthouse's own throttling); the median counts.
import { existsSync } from 'node:fs'
import { launch } from 'chrome-launcher'
import lighthouse from 'lighthouse'
import { startServer } from '../../e2e/lib/server.mjs'

const limit = 95
const times = 3
const categories = ['performance', 'accessibility']
const password = 'lotrinh-2016' // of every account of the demo
const chromePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) => existsSync(file))

/** A page is read by an account, or by a stranger; with a link, it is the first page that the path leads to. */
const pages = [
  { name: 'overview', account: 'leadership', path: '/overview' },
  { name: 'board', account: 'planner', path: '/rollout/board' },
  { name: 'ticket page', account: 'agent', path: '/tickets?view=work', link: /href="(\/tickets\/[0-9a-f]{8}-[^"/?]+)"/ },
  { name: "citizen's page, procedures", path: '/thu-tuc' },
  { name: "citizen's page, a report", path: '/bao-loi' },
]

/** cookieOf signs an account in and answers its session as a header's value. */
async function cookieOf(origin, account) {
  const answer = await fetch(`${origin}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', Origin: origin, 'Sec-Fetch-Site': 'same-origin' },
    body: new URLSearchParams({ login: account, password }),
  })
  const cookie = answer.headers.getSetCookie().map((one) => one.split(';')[0]).join('; ')
  if (!cookie) throw new Error(`${account} cannot sign in: ${answer.status}`)
  return cookie
}

/** addressOf is where a page is. */
async function addressOf(origin, page, headers) {
  if (!page.link) return origin + page.path
  const body = await (await fetch(origin + page.path, { headers })).text()
  const found = body.match(page.link)
  if (!found) throw new Error(`${page.path} leads to no ${page.name}`)
  return origin + found[1]
}

/** median of whole numbers. */
const median = (all) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)]

/** seen is what Lighthouse saw of an address; a trace that the browser lost is taken again, twice at most. */
async function seen(address, headers, port) {
  for (let left = 2; ; left--) {
    const { lhr } = await lighthouse(address, { port, extraHeaders: headers, onlyCategories: categories, logLevel: 'error' })
    if (lhr.finalDisplayedUrl !== address) throw new Error(`${address} leads to ${lhr.finalDisplayedUrl}`)
    if (!lhr.runtimeError) return lhr
    if (left === 0) throw new Error(`${address}: ${lhr.runtimeError.message}`)
  }
}

/** score looks at one address and answers the median of each category, the bytes sent, and what cost points. */
async function score(address, headers, port) {
  const runs = []
  for (let i = 0; i < times; i++) {
    runs.push(await seen(address, headers, port))
  }
  const scores = categories.map((name) => median(runs.map((lhr) => Math.round(lhr.categories[name].score * 100))))
  const weighty = new Set(categories.flatMap((name) => runs[0].categories[name].auditRefs.filter((ref) => ref.weight > 0).map((ref) => ref.id)))
  const lost = Object.values(runs[0].audits).filter((a) => weighty.has(a.id) && a.score !== null && a.score < 0.9).map((a) => `${a.id} ${a.displayValue ?? ''}`.trim())
  return { scores, lost, bytes: median(runs.map((lhr) => lhr.audits['total-byte-weight'].numericValue)) }
}

const server = await startServer()
const chrome = await launch({ chromePath, chromeFlags: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] })
let short = 0
try {
  console.log(`| Lighthouse, median of ${times}, limit ${limit} | performance | accessibility | KB of the first visit |\n|---|---:|---:|---:|`)
  for (const page of pages) {
    const headers = page.account ? { Cookie: await cookieOf(server.origin, page.account) } : {}
    const { scores, lost, bytes } = await score(await addressOf(server.origin, page, headers), headers, chrome.port)
    console.log(`| ${page.name} | ${scores.join(' | ')} | ${Math.round(bytes / 1024)} |`)
    if (scores.some((one) => one < limit)) {
      short++
      console.log(`  below ${limit}: ${lost.join('; ')}`)
    }
  }
} finally {
  await chrome.kill()
  await server.stop()
}
process.exitCode = short > 0 ? 1 : 0
