// A story is lived on a server of its own, once on a desk (1440 px) and once on a phone (390 px).
import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { launch, openContext, noSidewaysScroll, readWithAxe } from './browser.mjs'
import { signIn } from './people.mjs'
import { outFolder, startServer } from './server.mjs'

/** The widths at which every story is lived. */
export const widths = [1440, 390]

// the stories of a file share one browser: every reader has a context of their own
let browser
after(() => browser?.close())

/** story(name, live) runs live({origin, width, as, guest}) at every width; as(account) is a signed-in Reader, `on` another browser if need be. */
export function story(name, live, { at = widths, settings } = {}) {
  for (const width of at) {
    test(`${name} (${width} px)`, { timeout: 400_000 }, async () => {
      const server = await startServer(undefined, settings)
      browser ??= await launch()
      const readers = []
      const guest = async ({ on = browser, ...options } = {}) => {
        const { context, problems } = await openContext(on, server.origin, { width, ...options })
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
        for (const reader of readers) await reader.page.context().close()
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
    if (this.phone) { // what is still arriving above it may move it from under the finger: whoever misses presses again
      for (let i = 0; i < 3 && !(await wanted.isChecked()); i++) await wanted.click()
      return assert.ok(await wanted.isChecked(), `${name} is ${value}`)
    }
    const checked = this.page.locator(`#main input[type=radio][name="${name}"]:checked`)
    await this.tabTo((await checked.count()) > 0 ? checked : this.page.locator(`#main input[type=radio][name="${name}"]`).first())
    if ((await checked.count()) === 0) await this.page.keyboard.press('Space')
    for (let i = 0; i < 9 && !(await wanted.isChecked()); i++) await this.page.keyboard.press('ArrowDown')
    assert.ok(await wanted.isChecked(), `${name} is ${value}`)
  }

  /**
   * tabTo walks with the Tab key alone; a control that it never reaches, or that hides its focus, fails. The key is
   * pressed in a run; once the control has the focus, the page is not told of the presses that are left of it.
   */
  async tabTo(control) {
    await control.waitFor()
    for (let pressed = 0; pressed < 600; pressed += run) {
      if (await control.evaluate(holdFocus)) return
      await Promise.all(Array.from({ length: run }, () => this.page.keyboard.press('Tab')))
      if (await control.evaluate(freeFocus)) return
    }
    assert.fail(`the Tab key never reaches ${control}`)
  }
}

/** How many times the Tab key is pressed between two looks at where the focus is. */
const run = 12

/** holdFocus lets the Tab key go no farther than the node, and answers whether it is there already. */
function holdFocus(node) {
  window.heldFocus = (event) => {
    if (event.key !== 'Tab' || document.activeElement !== node) return
    event.preventDefault()
    event.stopImmediatePropagation()
  }
  window.addEventListener('keydown', window.heldFocus, true)
  if (document.activeElement !== node) return false
  window.removeEventListener('keydown', window.heldFocus, true)
  return true
}

/** freeFocus ends holdFocus and answers whether the node has the focus. */
function freeFocus(node) {
  window.removeEventListener('keydown', window.heldFocus, true)
  return document.activeElement === node
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
