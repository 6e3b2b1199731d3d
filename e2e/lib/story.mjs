// A story is lived on a server of its own, once on a desk (1440 px) and once on a phone (390 px).
import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { launch, openContext, noSidewaysScroll, readWithAxe } from './browser.mjs'
import { signIn } from './people.mjs'
import { outFolder, startServer } from './server.mjs'

/** The widths at which every story is lived. */
export const widths = [1440, 390]

/** story(name, live) runs live({origin, width, as, guest}) at every width; as(account) is a signed-in Reader. */
export function story(name, live, { at = widths } = {}) {
  for (const width of at) {
    test(`${name} (${width} px)`, { timeout: 400_000 }, async () => {
      const server = await startServer()
      const browser = await launch()
      const readers = []
      const guest = async (options = {}) => {
        const { context, problems } = await openContext(browser, server.origin, { width, ...options })
        const reader = new Reader(await context.newPage(), problems, width < 600)
        readers.push(reader)
        return reader
      }
      const as = async (account, options) => {
        const reader = await guest(options)
        await signIn(reader.page, account)
        return reader
      }
      try {
        await live({ origin: server.origin, server, width, phone: width < 600, as, guest })
        for (const reader of readers) assert.deepEqual(reader.problems, [], 'what must not happen on a page')
      } catch (error) {
        await mkdir(outFolder, { recursive: true })
        const slug = `${name}-${width}`.replace(/[^A-Za-z0-9]+/g, '-')
        for (const [i, reader] of readers.entries()) {
          await reader.page.screenshot({ path: join(outFolder, `${slug}-${i}.png`), fullPage: true }).catch(() => {})
        }
        for (const reader of readers) error.message += `\n  at ${reader.page.url()}`
        throw error
      } finally {
        await browser.close()
        await server.stop()
      }
    })
  }
}

/** Reader is one person at one browser: on the desk everything is done with the keyboard alone, on the phone by touch. */
export class Reader {
  constructor(page, problems, phone) {
    this.page = page
    this.problems = problems
    this.phone = phone
  }

  /** visit opens an address, expects it to be served, and reads the page with axe. */
  async visit(path, status = 200) {
    const answer = await this.page.goto(path)
    assert.equal(answer.status(), status, `${path} answers ${answer.status()}`)
    await this.look()
  }

  /** look reads the page as it stands: axe, no sideways scrolling. */
  async look() {
    await this.page.waitForLoadState('load')
    await readWithAxe(this.page, this.problems)
    await noSidewaysScroll(this.page, this.problems)
  }

  /** says waits until the page shows the words. */
  async says(words) {
    await this.page.getByText(words).filter({ visible: true }).first().waitFor()
  }

  /** act uses a control: a link, a button. */
  async act(control) {
    if (this.phone) return control.click()
    await this.tabTo(control)
    await this.page.keyboard.press('Enter')
  }

  /** type fills a field. */
  async type(field, words) {
    if (this.phone) return field.fill(words)
    await this.tabTo(field)
    await this.page.keyboard.press('Control+A')
    await this.page.keyboard.insertText(words)
  }

  /** tick switches a box. */
  async tick(box) {
    if (this.phone) return box.check()
    await this.tabTo(box)
    if (!(await box.isChecked())) await this.page.keyboard.press('Space')
    assert.ok(await box.isChecked(), `${box} is ticked`)
  }

  /** choose takes one of several round buttons. */
  async choose(name, value) {
    const wanted = this.page.locator(`#main input[type=radio][name="${name}"][value="${value}"]`)
    if (this.phone) return wanted.check()
    const checked = this.page.locator(`#main input[type=radio][name="${name}"]:checked`)
    await this.tabTo((await checked.count()) > 0 ? checked : this.page.locator(`#main input[type=radio][name="${name}"]`).first())
    if ((await checked.count()) === 0) await this.page.keyboard.press('Space')
    for (let i = 0; i < 9 && !(await wanted.isChecked()); i++) await this.page.keyboard.press('ArrowDown')
    assert.ok(await wanted.isChecked(), `${name} is ${value}`)
  }

  /** tabTo walks with the Tab key alone; a control that it never reaches, or that hides its focus, fails. */
  async tabTo(control) {
    await control.waitFor()
    for (let i = 0; i < 600; i++) {
      if (await control.evaluate((node) => node === document.activeElement)) return
      await this.page.keyboard.press('Tab')
    }
    assert.fail(`the Tab key never reaches ${control}`)
  }
}

/** demoClock moves the business clock of the demo to a moment of the city, "2016-11-16T08:00". */
export async function demoClock(reader, moment) {
  const bar = reader.page.locator('form.lt-demo')
  await bar.locator('input[name=to]').fill(moment)
  await bar.locator('button[value=to]').click()
  const [day, hour] = moment.split('T')
  const said = `${day.split('-').reverse().join('/')} ${hour.slice(0, 4)}`
  await reader.page.locator('form.lt-demo time').filter({ hasText: said }).waitFor()
}
