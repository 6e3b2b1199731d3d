// Takes pictures of every page at 390 and 1440 px, wide ones in the dark too, into docs/screens: scripts/screens.mjs [BINARY]
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launch, openContext } from '../e2e/lib/browser.mjs'
import { signIn } from '../e2e/lib/people.mjs'
import { startServer } from '../e2e/lib/server.mjs'
import { pages } from './pages.mjs'

const folder = resolve(fileURLToPath(import.meta.url), '../../docs/screens')
const tallest = 1600
const quality = 45

await mkdir(folder, { recursive: true })
for (const old of await readdir(folder)) if (old.endsWith('.webp')) await rm(join(folder, old))

const server = await startServer(process.argv[2])
const browser = await launch()
const shelf = []
let failed = 0
try {
  for (const width of [1440, 390]) {
    for (const dark of width > 600 ? [false, true] : [false]) {
      for (const [account, shots] of grouped(pages)) {
        const { context, problems } = await openContext(browser, server.origin, { width, dark })
        const page = await context.newPage()
        if (account) await signIn(page, account)
        for (const shot of shots) {
          const name = `${shot.name}-${width}${dark ? '-dark' : ''}.webp`
          try {
            await take(page, shot, join(folder, name))
            shelf.push({ ...shot, width, dark, file: name })
          } catch (error) {
            failed++
            console.error(`${name}: ${error.message}`)
          }
        }
        for (const problem of problems) console.error(`${account ?? 'guest'}: ${problem}`)
        await context.close()
      }
    }
  }
} finally {
  await browser.close()
  await server.stop()
}
await writeFile(join(folder, 'README.md'), index(shelf))
console.log(`${shelf.length} pictures in docs/screens`)
process.exit(failed ? 1 : 0)

/** take opens a page, walks to its subject, and keeps it as WebP. */
async function take(page, shot, file) {
  const answer = await page.goto(shot.path)
  const wanted = shot.status ?? 200
  if (answer.status() !== wanted) throw new Error(`${shot.path} answers ${answer.status()}`)
  for (const step of shot.walk ?? []) {
    await page.locator(step).first().click()
    await page.waitForLoadState('networkidle')
  }
  const { width, height } = await page.evaluate(() => ({ width: innerWidth, height: document.documentElement.scrollHeight }))
  const session = await page.context().newCDPSession(page)
  const clip = { x: 0, y: 0, width, height: Math.min(height, tallest), scale: 1 }
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality, captureBeyondViewport: true, clip })
  await session.detach()
  await writeFile(file, Buffer.from(data, 'base64'))
}

function grouped(list) {
  const groups = new Map()
  for (const one of list) groups.set(one.as, [...(groups.get(one.as) ?? []), one])
  return groups
}

/** index is a page that shows all pictures, so that a reviewer sees the product in a minute. */
function index(list) {
  const rows = ['# Every page, by a script', '', 'Made by `make screens` from the demo. Each page at 1440 px, light and dark, and at 390 px.', '']
  for (const page of pages) {
    const mine = list.filter((one) => one.name === page.name)
    if (mine.length === 0) continue
    rows.push(`## ${page.title}`, '', `\`${page.path}\`${page.as ? `, as \`${page.as}\`` : ', without signing in'}`, '')
    rows.push(mine.map((one) => `<img src="${one.file}" alt="${page.title}, ${one.width} px${one.dark ? ', dark' : ''}" width="${one.width > 600 ? 480 : 160}">`).join('\n'), '')
  }
  return rows.join('\n')
}
