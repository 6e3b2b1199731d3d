// A counter off the line: three people hand in papers while nothing goes out, each takes a provisional receipt home, and when
// the line is back each of them gets an official code, once, although every button is pressed twice and an answer is lost.
import assert from 'node:assert/strict'
import { story } from './lib/story.mjs'

const people = [
  { procedure: 'birth', subject: 'Nguyễn Minh Khôi', applicant: 'Nguyễn Văn Hòa' },
  { procedure: 'marital_status', subject: 'Phạm Thu Hằng', applicant: 'Phạm Thu Hằng' },
  { procedure: 'copy', subject: 'Đỗ Quốc Tuấn', applicant: 'Đỗ Thị Lụa' },
]
const number = (n) => `TAM-00556-07-000${n}`

story('a counter off the line hands out receipts, and each gets its official code once', async ({ as, guest }) => {
  const she = await as('officer')
  const { page } = she
  const main = page.locator('#main')
  const host = page.locator('#offline')
  const slip = page.locator('#ticket-slip')
  const line = (up) => page.context().setOffline(!up)

  // numbers are reserved while there is a line, and the page of the counter is kept
  await she.visit('/field/counter')
  await she.type(page.getByLabel('Quầy'), '07')
  await she.act(main.getByRole('button', { name: 'Nhận dải số' }))
  await page.waitForURL(/\/field\/counter\/[0-9a-f-]+$/)
  await she.look()
  const counter = new URL(page.url()).pathname
  await page.waitForFunction(async (path) => {
    const name = (await caches.keys()).find((n) => n.startsWith('lt-field-'))
    return name && Boolean(await (await caches.open(name)).match(path))
  }, counter)

  // three receipts without a line; impatient hands press twice; the page is opened anew in between
  await line(false)
  for (const [i, one] of people.entries()) {
    await page.getByLabel('Thủ tục').selectOption(one.procedure)
    await page.getByLabel('Người được giải quyết').fill(one.subject)
    await she.type(page.getByLabel('Người nộp'), one.applicant)
    await main.getByRole('button', { name: 'Ghi phiếu' }).dblclick()
    await host.getByText(`Chờ gửi ${i + 1} mục`).waitFor()
    const says = await slip.innerText()
    for (const word of [number(i + 1), one.subject, one.applicant, '/phieu-tam']) assert.ok(says.includes(word), `the receipt says ${word}: ${says}`)
    if (i === 1) await page.reload()
  }
  await she.look()
  assert.equal(await page.locator('[name=number]').inputValue(), '4', 'the next number is free')

  // a citizen asks too early: the receipt is not known yet, and nothing else is said
  const citizen = await guest()
  await citizen.visit(`/phieu-tam?number=${number(2)}`)
  await citizen.says('Chưa có mã chính thức cho số phiếu này')

  // the line is back, the answer to the second receipt is lost once, and the button is pressed twice
  let lost = 0
  await page.context().route(/\/api\/v1\/dossiers\/tickets\?/, async (route) => {
    if (lost > 0 || route.request().postDataJSON().number !== '2') return route.continue()
    lost++
    await route.fetch().catch(() => lost--) // it never left: its answer is lost another time
    await route.abort('connectionreset')
  })
  await line(true)
  await host.getByRole('button', { name: 'Gửi ngay' }).dblclick()
  await host.getByText('Không còn mục nào chờ gửi.').waitFor({ timeout: 60_000 })
  assert.equal(lost, 1, 'an answer was lost on its way')
  await she.look()

  // one code each, on the counter's page, in the list of dossiers, and for whoever holds the receipt
  const sent = await host.locator('[data-kept-item=sent]').allInnerTexts()
  const codes = people.map((_, i) => sent.join('\n').match(new RegExp(`${number(i + 1)} đã có mã chính thức (\\S+)\\.`))[1])
  assert.equal(new Set(codes).size, 3, `three codes: ${codes}`)
  const all = await page.evaluate(async () => (await fetch('/api/v1/dossiers?view=all')).json())
  for (const [i, one] of people.entries()) {
    const found = all.items.filter((d) => d.subject === one.subject)
    assert.deepEqual(found.map((d) => d.code), [codes[i]], `${one.subject} has one dossier`)
    await citizen.page.goto(`/phieu-tam?number=${number(i + 1)}`)
    const says = await citizen.page.locator('#main').innerText()
    assert.ok(says.includes(codes[i]) && !says.includes(one.subject), `the receipt leads to its code and says nothing else: ${says}`)
  }
})
