// Story 1: the city's planner sees the programme, moves a whole district and single communes, is told why six
// are refused, gives them a waiver, and sees them fall back when its last day has passed.
import assert from 'node:assert/strict'
import { demoClock, story } from './lib/story.mjs'

const underRepair = ['Xã Dương Hà', 'Xã Dương Quang', 'Xã Đa Tốn', 'Xã Kim Lan', 'Xã Lệ Chi', 'Xã Văn Đức']
const reason = 'Bộ phận một cửa đang sửa chữa, tiếp nhận tạm tại nhà văn hóa.'

/** row is the line of a commune in a table of the page. */
const row = (reader, name) => reader.page.locator('#main tr').filter({ has: reader.page.getByRole('link', { name, exact: true }) })

/** pick ticks communes of the district's list. */
async function pick(reader, names) {
  for (const name of names) await reader.tick(reader.page.getByRole('checkbox', { name, exact: true }))
}

/** confirm agrees to a preview. */
async function confirm(reader, count) {
  await reader.act(reader.page.getByRole('button', { name: `Chuyển ${count} xã` }))
  await reader.says(new RegExp(`Đã chuyển ${count} xã`))
  await reader.look()
}

story('story 1: the planner moves Gia Lâm to official, waives six communes, and the waiver ends by itself', async ({ as }) => {
  const planner = await as('planner')
  const { page } = planner
  await planner.look()
  await planner.visit('/rollout')
  for (const words of ['Dịch vụ công trực tuyến mức độ 3 – lĩnh vực tư pháp – cấp xã', /Kế hoạch 198\/KH-UBND/,
    /139 xã.*chạy thử 01\/11\/2016.*chính thức 10\/11\/2016/, /277 xã/, 'Đã triển khai từ trước']) {
    await planner.says(words)
  }
  await planner.visit('/rollout/board')
  await planner.visit('/rollout')
  await planner.act(page.getByRole('link', { name: 'Huyện Gia Lâm' }).first())
  await page.waitForURL('**/rollout/districts/018')
  await planner.look()

  // the whole district: sixteen pass, six are refused with their reason, and nothing is done before it is confirmed
  await planner.act(page.getByRole('button', { name: 'Chuyển sang chính thức' }))
  await planner.says('16 trên 22 xã sẽ được chuyển')
  for (const name of underRepair) {
    await page.locator('#main tr').filter({ hasText: new RegExp(name, 'i') }).filter({ hasText: 'Bộ phận một cửa' }).first().waitFor()
  }
  await planner.look()
  await confirm(planner, 16)

  // the six get a waiver: what is missing in the form is said at its place, and what was typed stays
  await planner.visit('/rollout/districts/018')
  await pick(planner, underRepair)
  await planner.act(page.getByRole('button', { name: 'Miễn trừ có thời hạn' }))
  await planner.type(page.getByRole('textbox', { name: 'Lý do' }), reason)
  await planner.act(page.getByRole('button', { name: 'Cấp miễn trừ' }))
  await page.locator('[role=alert]').first().waitFor()
  assert.equal(await page.getByRole('textbox', { name: 'Lý do' }).inputValue(), reason)
  await planner.look()
  await page.getByLabel('Tiêu chí').selectOption({ label: 'Bộ phận một cửa sử dụng được' })
  await page.getByLabel('Ngày cuối còn hiệu lực').fill('2016-11-15')
  await planner.type(page.getByLabel('Biện pháp thay thế'), 'Tiếp nhận tại nhà văn hóa')
  await planner.type(page.getByLabel('Người ký'), 'Lê Văn Thành, Phó Chủ tịch UBND thành phố')
  assert.equal(await page.locator('#main input[name=u]:checked').count(), underRepair.length, 'the six are still chosen')
  await planner.act(page.getByRole('button', { name: 'Cấp miễn trừ' }))
  await planner.says(/Đã miễn trừ cho 6 xã đến hết .*15\/11\/2016/)
  await planner.look()

  // now they may go, one of them alone from its own page's row, the others together
  await planner.visit('/rollout/districts/018')
  await pick(planner, underRepair)
  await page.getByLabel('Chuyển đến bước').selectOption('official')
  await planner.act(page.getByRole('button', { name: 'Xem trước' }))
  await planner.says('6 trên 6 xã sẽ được chuyển')
  await confirm(planner, 6)
  await planner.visit('/rollout/districts/018')
  for (const name of underRepair) {
    assert.match(await row(planner, name).textContent(), /Chính thức[\s\S]*Đạt/, `${name} is official under its waiver`)
  }
  await planner.act(page.getByRole('link', { name: underRepair[0], exact: true }))
  await page.waitForURL('**/rollout/units/*')
  await planner.says(/15\/11\/2016/)
  await planner.look()

  // on the 15th it still holds; when that day has passed they fall back by themselves
  await demoClock(planner, '2016-11-15T17:00')
  await planner.visit('/rollout/districts/018')
  for (const name of underRepair) assert.doesNotMatch(await row(planner, name).textContent(), /Chưa đạt/, `${name} on 15/11`)
  await demoClock(planner, '2016-11-16T08:00')
  await planner.visit('/rollout/districts/018')
  for (const name of underRepair) assert.match(await row(planner, name).textContent(), /Chưa đạt/, `${name} on 16/11`)
  await planner.visit('/rollout/waivers')
  await planner.says('Hết hạn')
})
