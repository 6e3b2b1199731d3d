// Story 9: a wave runs above its curve, the next one is proposed for hold with the figures and a human decides with a
// reason; two communes merge in mid-phase, and yesterday's report still says what it said.
import assert from 'node:assert/strict'
import { command } from './lib/command.mjs'
import { demoClock, story } from './lib/story.mjs'

story('story 9: a wave runs above its curve, and a human holds the next one', async ({ as, server, origin }) => {
  const token = await command(server, 'token', 'create', '--account', 'agent')
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
  const { items } = await (await fetch(`${origin}/api/v1/units?level=commune&under=016&limit=24`, { headers })).json()
  assert.equal(items.length, 24)
  for (const [i, unit] of items.entries()) {
    const answer = await fetch(`${origin}/api/v1/tickets`, { method: 'POST', headers: { ...headers, 'Idempotency-Key': `surge-${i}` },
      body: JSON.stringify({ unit: unit.code, title: 'Không in được kết quả', body: 'Máy báo lỗi khi in.', service: 'software', impact: 2, urgency: 2 }) })
    assert.equal(answer.status, 201)
  }

  const planner = await as('planner')
  const { page } = planner
  await demoClock(planner, '2016-11-10T17:35')
  await planner.visit('/rollout/outlook')
  await planner.says(/Vượt ngưỡng/)
  await planner.act(page.getByRole('link', { name: /Giai đoạn 1, đợt từ 01\/11\/2016/ }))
  await page.waitForURL('**/rollout/outlook/waves/*')
  await planner.look()
  await planner.says('Ngưỡng cả đợt')

  // the proposal stands on the planner's own page of the day, with the figures
  await planner.visit('/')
  await planner.act(page.getByRole('link', { name: /tạm dừng/i }).first())
  await page.waitForURL('**/rollout/outlook/holds/*')
  await planner.look()
  await planner.says(/phiếu/)
  await planner.says('Đợt bình thường bị dừng nhầm')
  await planner.says('Đợt xấu bị phát hiện')
  await planner.type(page.locator('textarea[name=reason]'), 'Lỗi in chưa khắc phục xong, giãn giai đoạn 2 một tuần.')
  await planner.act(page.locator('form[action*="/holds/"] button[type=submit]').first())
  const dialog = page.getByRole('dialog')
  if (await dialog.isVisible()) await planner.act(dialog.getByRole('button').last())
  await planner.says('Lỗi in chưa khắc phục xong, giãn giai đoạn 2 một tuần.')
  await planner.look()

  // a district of the next phase does not go forward, and is told why
  await planner.visit('/rollout/districts/250')
  await planner.act(page.getByRole('button', { name: /^Chuyển sang chạy thử/ }))
  await planner.says(/Lỗi in chưa khắc phục xong/)
})

story('story 9: two communes merge in mid-phase, and yesterday’s report still says what it said', async ({ as }) => {
  const planner = await as('planner')
  const { page } = planner
  await planner.visit('/reports')
  const report = await page.locator('#main tbody a.lt-main-link[href^="/reports/runs/"]').first().getAttribute('href')
  await planner.visit(report)
  const said = async () => (await page.locator('#main table').allInnerTexts()).join('\n')
  const before = await said()
  assert.match(before, /Gia Lâm/)
  const districts = async () => (await page.locator('#districts').innerText())
  await planner.visit('/rollout')
  assert.match(await districts(), /Gia Lâm/)

  await planner.visit('/admin/units/changes/new')
  await planner.choose('sort', 'merge')
  await page.locator('[name=day]').fill('2016-11-10')
  await planner.type(page.locator('#main textarea[name=from]'), '00556')
  await planner.type(page.locator('textarea[name=to]'), '00562')
  await planner.act(page.getByRole('button', { name: 'Lập bản thảo' }))
  await page.waitForURL(/changes\/[0-9a-f-]{36}$/)
  await planner.act(page.getByRole('button', { name: 'Xem trước' }))
  await planner.type(page.locator('form[action$="/confirm"] [name=basis]'), '12/NQ-HĐND')
  await planner.type(page.locator('form[action$="/confirm"] [name=reason]'), 'Sáp nhập theo nghị quyết')
  await planner.act(page.getByRole('button', { name: /Xác nhận cho có hiệu lực/ }))
  await planner.says(/hiệu lực/)
  await planner.look()

  // the map of today has one commune fewer in Gia Lâm; what was said yesterday stands
  await planner.visit('/rollout/board?district=018')
  assert.equal(await page.getByRole('link', { name: 'Xã Đặng Xá', exact: true }).count(), 0)
  await planner.visit(report)
  assert.equal(await said(), before)
  await planner.visit('/rollout')
  await planner.act(page.getByRole('link', { name: 'Ngày 09/11/2016, như khi đó' }))
  await planner.says(/theo đơn vị hành chính của ngày đó: 416 xã/)
  await planner.look()
  await planner.act(page.getByRole('link', { name: 'Ngày 09/11/2016, theo địa bàn nay' }))
  await planner.says(/416 xã khi đó, tổng không đổi/)
  await planner.look()
})
