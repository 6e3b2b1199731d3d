// Story 9: the planner makes a feasible calendar for phase 2, sees why it cannot be earlier and what a delay costs, and
// freezes the baseline; the link to the police fails and holds the wave that needs it; communes hand in their returns.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { demoClock, story } from './lib/story.mjs'

/** outpost is an office's page that can be told to fail. */
async function outpost() {
  let well = true
  const server = createServer((_, answer) => answer.writeHead(well ? 200 : 503).end())
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready))
  return { address: `http://127.0.0.1:${server.address().port}/`, fail: () => { well = false }, stop: () => server.close() }
}

story('story 9: a calendar for phase 2, what a delay costs, and a baseline', async ({ as, phone }) => {
  const planner = await as('planner')
  const { page } = planner
  await planner.visit('/rollout/schedule')
  await planner.act(page.getByRole('link', { name: /^Giai đoạn 2/ }))
  await page.waitForURL(/schedule\/[0-9a-f-]{36}$/)
  await planner.look()
  await planner.says('Không thể sớm hơn')
  await planner.says(/muốn sớm hơn một ngày thì/)
  const ends = async () => (await page.locator('#main').innerText()).match(/Ngày xong\s+(\d\d\/\d\d\/\d{4})/)[1]
  const before = await ends()
  const plan = page.url()

  // one district in January: by hand on the chart, or by the form
  if (phone) {
    await page.locator('select[name=unit]').selectOption({ label: 'huyện Ứng Hòa' })
    await page.locator('input[name=day]').fill('2017-01-09')
    await planner.type(page.locator('form:has(select[name=unit]) input[name=name]'), 'Ứng Hòa sang tháng Một')
    await planner.act(page.getByRole('button', { name: 'Thử xem' }))
  } else {
    const row = page.locator('[data-unit][tabindex="0"][data-name*="Ứng Hòa"]').first()
    await row.focus()
    for (let week = 0; week < 3; week++) await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Enter')
  }
  await page.waitForURL('**/rollout/schedule/variants/*')
  await planner.look()
  await planner.says(/ngày làm việc/)

  // what was tried leaves the plan as it is; the baseline is frozen and says its fingerprint
  await planner.visit(new URL(plan).pathname)
  assert.equal(await ends(), before)
  await page.locator('summary').filter({ hasText: 'Chốt đường cơ sở' }).click()
  await planner.type(page.locator('form[action$="/baselines"] input[name=name]'), 'Kế hoạch giai đoạn 2 đã duyệt')
  await planner.act(page.locator('form[action$="/baselines"] button'))
  await planner.says('Kế hoạch giai đoạn 2 đã duyệt')
  await planner.look()
})

story('story 9: the link to the police fails, and the wave that needs it is held', async ({ as }) => {
  const office = await outpost()
  try {
    const planner = await as('planner')
    const { page } = planner
    await planner.visit('/rollout/gates/police')
    await planner.choose('means', 'http')
    await planner.type(page.locator('input[name=address]'), office.address)
    await planner.tick(page.getByRole('checkbox', { name: /Giai đoạn 1/ }))
    await planner.act(page.getByRole('button', { name: 'Lưu' }))
    await page.getByRole('button', { name: /Kiểm tra ngay/ }).waitFor()
    await planner.look()
    await planner.act(page.getByRole('button', { name: /Kiểm tra ngay/ }))
    await planner.says(/thông/)
    await page.waitForLoadState()
    await planner.visit('/rollout/districts/017')
    await planner.act(page.getByRole('button', { name: 'Chuyển sang chính thức' }))
    await planner.says('24 trên 24 xã sẽ được chuyển')

    office.fail()
    await planner.visit('/rollout/gates/police')
    await planner.act(page.getByRole('button', { name: /Kiểm tra ngay/ }))
    await planner.says(/không thông/)
    await planner.visit('/rollout/districts/017')
    await planner.says(/Liên thông với Công an/)
    await planner.act(page.getByRole('button', { name: 'Chuyển sang chính thức' }))
    await planner.says('Không xã nào chuyển được')
    await planner.says(/Liên thông với Công an: kiểm tra lúc .* không thông/)
    await planner.look()
  } finally {
    office.stop()
  }
}, { settings: { LOTRINH_LINE_PROBE_NETWORKS: '127.0.0.0/8' } })

story('story 9: a class is attended by code and on paper, and who was absent gets a class of their own', async ({ as, guest, phone }) => {
  const trainer = await as('trainer')
  const { page } = trainer
  await trainer.visit('/')
  await trainer.act(page.getByRole('link', { name: /Lớp hôm nay/ }))
  await page.waitForURL('**/rollout/training/classes/*')
  await trainer.look()
  const room = new URL(page.url()).pathname
  await trainer.visit(`${room}/screen`)
  const code = (await page.locator('.lt-hall-digits').innerText()).replace(/\D/g, '')

  // a learner types what the screen shows; who guesses is told so, and what was typed stays
  const learner = await guest()
  await learner.visit('/diem-danh')
  await learner.type(learner.page.getByLabel('Mã trên màn hình'), code === '000000' ? '111111' : '000000')
  await learner.type(learner.page.getByLabel('Mã cán bộ hoặc số điện thoại'), 'HN-09823-1')
  await learner.act(learner.page.getByRole('button', { name: 'Điểm danh' }))
  await learner.page.locator('[role=alert]').first().waitFor()
  assert.equal(await learner.page.getByLabel('Mã cán bộ hoặc số điện thoại').inputValue(), 'HN-09823-1')
  await trainer.visit(`${room}/screen`)
  const now = (await page.locator('.lt-hall-digits').innerText()).replace(/\D/g, '')
  await learner.type(learner.page.getByLabel('Mã trên màn hình'), now)
  await learner.act(learner.page.getByRole('button', { name: 'Điểm danh' }))
  await learner.says(/Đỗ Thanh Phong/)
  await learner.look()

  // one more signed on paper; at the end the others are absent
  await trainer.visit(room)
  await trainer.says(/1 trên 28/)
  await trainer.tick(page.getByRole('row', { name: /Nguyễn Hữu Chi/ }).getByRole('checkbox'))
  await trainer.act(page.getByRole('button', { name: 'Ghi có mặt' }))
  await trainer.says('Đã ghi 1 người có mặt.')
  await demoClock(trainer, '2016-11-10T11:35')
  await trainer.visit(room)
  await trainer.act(page.getByRole('button', { name: /Kết thúc lớp/ }))
  await trainer.look()
  await trainer.act(page.getByRole('dialog').getByRole('button', { name: /Kết thúc lớp/ }))
  await trainer.says(/Vắng/)

  const planner = await as('planner')
  await planner.visit('/rollout/training/makeup?district=273')
  await planner.says(/Trần Hữu Tuấn/)
  const paper = planner.page
  assert.equal(await paper.locator('input[name=who]').count(), 26)
  if (phone) for (const box of await paper.locator('input[name=who]').all()) await planner.tick(box)
  else await planner.tick(paper.getByRole('checkbox', { name: 'Chọn tất cả các dòng đang hiện' }))
  await paper.locator('select[name=course]').selectOption(await paper.locator('select[name=course] option', { hasText: 'TH198-XA2' }).getAttribute('value'))
  await paper.locator('input[name=day]').fill('2016-11-17')
  await paper.locator('input[name=from]').fill('08:00')
  await paper.locator('input[name=until]').fill('11:30')
  await planner.type(paper.locator('input[name=room]'), 'Hội trường UBND huyện Đan Phượng')
  await paper.locator('select[name=trainer]').selectOption({ index: 1 })
  await planner.type(paper.locator('input[name=capacity]'), '30')
  await planner.act(paper.getByRole('button', { name: 'Mở lớp bù' }))
  await paper.waitForURL('**/rollout/training/classes/*')
  await planner.says(/26 trên 30/)
  await planner.look()
})

story('story 9: a return is handed in late and checked, a difficulty gets its answer', async ({ as }) => {
  const officer = await as('officer')
  const { page } = officer
  await officer.visit('/')
  await officer.act(page.getByRole('link', { name: /Báo cáo định kỳ: xã Đặng Xá/ }))
  await page.waitForURL('**/rollout/returns/sheets/*')
  await officer.look()
  const sheet = new URL(page.url()).pathname
  // what the system knows is there already; what it does not know is asked for, and nothing typed is lost
  await officer.act(page.getByRole('button', { name: 'Nộp báo cáo' }))
  await page.locator('[role=alert]').first().waitFor()
  for (const name of ['one_stop', 'posted']) await officer.choose(`a.${name}`, 'yes')
  await officer.choose('a.mood', await page.locator('input[name="a.mood"]').first().getAttribute('value'))
  for (const name of ['received', 'finished', 'on_time', 'tickets', 'gaps', 'trained', 'accounts']) {
    const field = page.locator(`input[name="a.${name}"]`)
    if ((await field.inputValue()) === '') await officer.type(field, name === 'trained' ? '4' : '0')
  }
  await officer.act(page.getByRole('button', { name: 'Nộp báo cáo' }))
  await officer.says(/Đã nộp/)
  await officer.look()

  const district = await as('coordinator')
  await district.visit(sheet)
  await district.act(district.page.getByRole('button', { name: 'Chấp nhận' }))
  await district.says(/Đã chấp nhận|Đã duyệt/)
  await district.look()

  // Hoài Đức writes what hinders it; the city answers with an owner and a day
  const coordinator = await as('hoaiduc')
  await coordinator.visit('/rollout/difficulties/new')
  await coordinator.type(coordinator.page.locator('input[name=title]'), 'Thiếu máy quét khổ A3')
  await coordinator.type(coordinator.page.locator('textarea[name=cause]'), 'Sổ hộ tịch cũ khổ lớn, máy quét được cấp chỉ nhận khổ A4.')
  await coordinator.type(coordinator.page.locator('textarea[name=proposal]'), 'Cấp một máy quét khổ A3 dùng chung cho huyện.')
  await coordinator.act(coordinator.page.getByRole('button', { name: 'Gửi thành phố' }))
  await coordinator.says(/VM-2016-\d+/)
  await coordinator.look()
  const thing = new URL(coordinator.page.url()).pathname
  const planner = await as('planner')
  await planner.visit(thing)
  await planner.type(planner.page.getByLabel('Trả lời của thành phố'), 'Cấp một máy quét A3 đặt tại phòng Tư pháp huyện.')
  await planner.page.getByLabel('Người phụ trách').selectOption({ index: 1 })
  await planner.type(planner.page.getByLabel('Số ngày làm việc'), '5')
  await planner.act(planner.page.getByRole('button', { name: 'Trả lời' }))
  await coordinator.visit(thing)
  await coordinator.says('Cấp một máy quét A3 đặt tại phòng Tư pháp huyện.')
  await coordinator.says(/17\/11\/2016/)
})

story('story 9: an inspector without a line, and what was seen outranks what was declared', async ({ as }) => {
  const inspector = await as('inspector')
  const { page } = inspector
  await inspector.visit('/')
  await inspector.act(page.getByRole('link', { name: /Kiểm tra xã Dục Tú/ }))
  await page.waitForURL('**/field/inspections/*')
  await inspector.look()
  await page.context().setOffline(true)
  for (const [name, answer] of [['one_stop', 'yes'], ['posted', 'no'], ['loudspeaker', 'yes'], ['equipment', 'yes'], ['books', 'yes']]) {
    await inspector.choose(`a.${name}`, answer)
  }
  await inspector.type(page.locator('input[name="n.posted"]'), 'Chưa niêm yết số điện thoại hỗ trợ')
  await inspector.type(page.locator('input[name="a.dossiers"]'), '12')
  await inspector.choose('a.waits', await page.locator('input[name="a.waits"]').first().getAttribute('value'))
  await inspector.act(page.getByRole('button', { name: 'Gửi phiếu kiểm' }))
  await inspector.says(/Đã lưu trên máy|Chờ gửi|Đang không có mạng/)
  await page.context().setOffline(false)
  await page.locator('#offline').getByText('Không còn mục nào chờ gửi.').waitFor()
  const commune = await as('planner')
  await commune.visit('/rollout/board?q=Dục+Tú')
  await commune.act(commune.page.getByRole('link', { name: 'Xã Dục Tú', exact: true }).first())
  await commune.says(/Chưa niêm yết số điện thoại hỗ trợ/)
  await commune.look()
})
