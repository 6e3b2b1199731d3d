// Story 10: from the week's report the leader writes three conclusions at once; the owner of one says that it is done,
// the leader confirms it; next Monday's report tells what became of all three.
import assert from 'node:assert/strict'
import { demoClock, story } from './lib/story.mjs'

const doc = '221/TB-UBND'

/** What is concluded: of which unit, until when, and how next Monday's report says it stands. */
const concluded = [
  { text: 'Huyện Sóc Sơn mượn máy quét của các đơn vị lân cận cho bốn xã còn thiếu.', unit: 'huyện Sóc Sơn', due: '11/11/2016', state: 'Đã xong' },
  { text: 'Huyện Ba Vì tập huấn lại cho cán bộ chưa đạt tại các xã miền núi.', unit: '271', due: '11/11/2016', state: 'Quá hạn' },
  { text: 'Huyện Gia Lâm báo cáo tiến độ sửa chữa bộ phận một cửa.', unit: '018', due: '5', state: 'Đang thực hiện' },
]

/** runs are the addresses of the reports in the list, the newest first. */
const runs = (reader) => reader.page.locator('#main tbody a.lt-main-link[href^="/reports/runs/"]').evaluateAll((links) => links.map((link) => link.getAttribute('href')))

/** open goes from a list of conclusions to the page of one. */
async function open(reader, address, text) {
  await reader.visit(address)
  await reader.act(reader.page.locator('#main tbody tr').filter({ hasText: text.slice(0, 40) }).getByRole('link').first())
  await reader.page.waitForURL(/\/reports\/directives\/[0-9a-f-]+$/)
  await reader.look()
  await reader.says(text)
}

story('story 10: conclusions of a report are carried out, confirmed, and told by the next one', async ({ as }) => {
  const leader = await as('leadership')
  const { page } = leader
  await leader.visit('/reports')
  const before = await runs(leader)
  assert.ok(before.length > 0, 'the demo has a weekly report')
  await leader.visit(before[0])
  const link = page.locator('a[href^="/reports/directives/new?run="]')
  if (!(await link.isVisible())) await page.locator('#main details:has(a[href^="/reports/directives/new?run="]) > summary').click()
  await leader.act(link)
  await page.waitForURL('**/reports/directives/new?run=*')
  await leader.look()
  await leader.type(page.locator('[name=concluded_by]'), 'Phó Chủ tịch UBND Thành phố')
  await leader.type(page.locator('[name=doc_no]'), doc)
  for (const [i, c] of concluded.entries()) {
    await leader.type(page.locator(`[name="r${i}.text"]`), c.text)
    await leader.type(page.locator(`[name="r${i}.unit"]`), c.unit)
    await page.locator(`[name="r${i}.post"]`).selectOption('district_coordinator')
    await leader.type(page.locator(`[name="r${i}.due"]`), c.due)
  }
  await leader.act(page.locator('#main form').getByRole('button', { name: 'Ghi kết luận' }))
  await leader.says(/Đã ghi 3 kết luận/)
  await leader.look()

  // the owner finds his, and no other's, and says what was done
  const owner = await as('socson')
  const [first] = concluded
  await owner.visit('/reports/directives')
  assert.equal(await owner.page.locator('#main tbody tr').filter({ hasText: 'Ba Vì' }).count(), 0, 'conclusions of other districts are not his to see')
  await open(owner, '/reports/directives?mine=1', first.text)
  assert.equal(await owner.page.locator('#form-confirm').count(), 0, 'an owner confirms nothing')
  await owner.type(owner.page.locator('#form-report textarea[name=said]'), 'Đã mượn bốn máy quét, lắp xong sáng 10/11.')
  await owner.act(owner.page.locator('#form-report').getByRole('button', { name: 'Báo đã xong' }))
  await owner.says(/Đã báo kết quả/)
  await owner.look()

  await open(leader, '/reports/directives?only=reported', first.text)
  await leader.says('Đã mượn bốn máy quét, lắp xong sáng 10/11.')
  await leader.act(page.locator('#main').getByRole('button', { name: 'Xác nhận đã xong' }))
  await leader.says('Đã xác nhận.')
  await leader.look()

  // next Monday's report tells of all three, of what the meeting before concluded as well
  await demoClock(leader, '2016-11-14T07:31')
  await page.goto('/reports')
  for (let tries = 0; (await runs(leader)).length <= before.length; tries++) {
    assert.ok(tries < 200, 'no report was made by itself')
    await page.goto('/reports', { waitUntil: 'networkidle' })
  }
  await leader.visit((await runs(leader))[0])
  await leader.says('Tình hình thực hiện kết luận, chỉ đạo')
  for (const c of concluded) {
    const row = page.locator('#main tbody tr').filter({ hasText: c.text.slice(0, -1) }) // without its full stop
    assert.equal(await row.count(), 1, `${c.text} stands once`)
    assert.match(await row.innerText(), new RegExp(`${doc}[\\s\\S]*${c.state}`))
  }
  assert.equal(await page.locator('#main tbody tr').filter({ hasText: '215/TB-UBND' }).count(), 4, 'what was concluded on 07/11 is told as well')
})
