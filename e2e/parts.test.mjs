// The shared parts of pages, in every state, as the book of the demo shows them: read by axe by day and by
// night, walked by keyboard, and used without script.
import assert from 'node:assert/strict'
import { story } from './lib/story.mjs'

story('the book of parts is readable for everybody', async ({ guest }) => {
  for (const dark of [false, true]) {
    const reader = await guest({ dark })
    await reader.visit('/_book')
    await reader.visit('/_book/citizen')
  }
})

story('a table is worked by keyboard', async ({ guest }) => {
  const { page } = await guest()
  await page.goto('/_book')
  await page.evaluate(() => document.activeElement.blur())
  const focused = () => page.evaluate(() => document.activeElement.textContent.trim())
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  assert.equal(await focused(), 'Xã Cổ Bi')
  await page.keyboard.press('k')
  assert.equal(await focused(), 'Xã Đặng Xá')
  await page.keyboard.press('x')
  assert.equal(await page.textContent('[data-picked=unit]'), '1')
  await page.keyboard.press('Enter')
  await page.waitForURL(/#0$/)
  await page.evaluate(() => document.activeElement.blur())
  await page.keyboard.press('/')
  assert.equal(await page.evaluate(() => document.activeElement.id), 'q')
}, { at: [1440] })

story('an act that destroys asks, and the answer no gives the focus back', async ({ guest }) => {
  const { page } = await guest()
  await page.goto('/_book')
  await page.click('[data-dialog=ask]')
  assert.ok(await page.evaluate(() => document.querySelector('#ask').matches(':modal')))
  await page.click('#ask [data-close]')
  assert.equal(await page.evaluate(() => document.activeElement.dataset.dialog), 'ask')
})

story('typed words are not lost by leaving', async ({ guest }) => {
  const { page } = await guest()
  await page.goto('/_book')
  await page.fill('#f-bname', 'máy quét')
  const asked = page.waitForEvent('dialog')
  await page.evaluate(() => { setTimeout(() => { location.href = '/_book/citizen' }) })
  const dialog = await asked
  assert.equal(dialog.type(), 'beforeunload')
  await dialog.dismiss()
  assert.equal(await page.inputValue('#f-bname'), 'máy quét')
}, { at: [1440] })

story('a day is said in words and a filter narrows in place', async ({ guest }) => {
  const { page } = await guest()
  await page.goto('/_book')
  assert.match(await page.textContent('#f-bday + .lt-day'), /10\/11\/2016/)
  await page.fill('.lt-filter input[type=search]', 'co bi')
  await page.waitForURL(/q=co/)
  assert.equal(await page.locator('#results').count(), 1)
}, { at: [1440] })

story('the navigation folds on a phone', async ({ guest }) => {
  const { page } = await guest()
  await page.goto('/_book')
  assert.equal(await page.isVisible('#nav'), false)
  await page.click('[data-nav]')
  assert.ok(await page.isVisible('#nav'))
  await page.keyboard.press('Escape')
  assert.equal(await page.isVisible('#nav'), false)
}, { at: [390] })

story('a chart says its figures to the pointer and the keyboard, and a mark leads on', async ({ guest, phone }) => {
  const { page } = await guest()
  await page.goto('/_book')
  const of = (id) => page.locator(`#${id} svg.${phone ? 'plot-narrow' : 'plot-wide'}`)
  const tip = page.locator('.plot-tip')
  const curve = of('c-scurve')
  await curve.scrollIntoViewIfNeeded()
  const area = await curve.locator('.plot-hit').boundingBox()
  await page.mouse.move(area.x + 1, area.y + area.height / 2)
  assert.match(await tip.innerText(), /^24\/10\/2016\s+Khai báo\s+2\s+Đã kiểm chứng\s+2\s+Kế hoạch\s+5$/)
  await of('c-attain').locator('[data-r="0"]').focus()
  await page.keyboard.press('ArrowDown')
  assert.match(await tip.innerText(), /^Sóc Sơn\s+Đúng hạn\s+83,3%\s+Mục tiêu\s+95%\s+Chênh lệch\s+-11,7%$/)
  await page.keyboard.press('Escape')
  assert.equal(await tip.isVisible(), false)
  await page.keyboard.press('Enter')
  await page.waitForURL(/#2$/)
  // the days of a panel, then the next panel; Enter follows the panel
  await of('c-panels').locator('[data-x]').first().focus()
  await page.keyboard.press('End')
  assert.match(await tip.innerText(), /^Chương Mỹ\s+Ngày\s+22\/11\/2016/)
  await page.keyboard.press('Home')
  assert.match(await tip.innerText(), /^Ba Vì\s+Ngày\s+24\/10\/2016/)
  await page.keyboard.press('Enter')
  await page.waitForURL(/#0$/)
})

story('without script everything still opens and closes', async ({ guest, phone }) => {
  const { page } = await guest({ script: false })
  await page.goto('/_book')
  assert.ok(await page.isVisible('.lt-filter [type=submit]'))
  await page.click('[data-dialog=ask]')
  assert.ok(await page.isVisible('#ask'))
  await page.click('#ask [data-close]')
  assert.equal(await page.isVisible('#ask'), false)
  assert.equal(await page.getAttribute(`#c-attain svg.${phone ? 'plot-narrow' : 'plot-wide'} a[data-r="1"]`, 'href'), '/_book#2')
  await page.click('#c-attain summary')
  assert.ok(await page.isVisible('#c-attain details table'))
  if (phone) {
    await page.click('[data-nav]')
    assert.ok(await page.isVisible('#nav'))
    await page.click('.lt-nav-x')
    assert.equal(await page.isVisible('#nav'), false)
  }
})
