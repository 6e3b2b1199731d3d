// Story 6: Monday 08:05, the ministry's registration software refuses log-ins. Forty communes call and write; the lead
// declares an incident, everybody is told by one message and answered by one solving; two agents and an officer at once.
import assert from 'node:assert/strict'
import { command } from './lib/command.mjs'
import { exchange } from './lib/cti.mjs'
import { demoClock, story } from './lib/story.mjs'

const trouble = 'Phần mềm hộ tịch từ chối đăng nhập'

/** api calls the API with an account's token and answers what it says. */
function api(origin, token) {
  let keys = 0
  return async (method, path, body) => {
    const answer = await fetch(origin + path, {
      method,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', 'Idempotency-Key': `story-${++keys}` },
      body: body && JSON.stringify(body),
    })
    assert.ok(answer.ok, `${method} ${path} answers ${answer.status}: ${answer.ok ? '' : await answer.text()}`)
    return answer.json()
  }
}

/** answer writes a public answer on the ticket's page. */
async function answer(reader, words) {
  const form = reader.page.locator('#main form[action$="/reply"]')
  await reader.type(form.locator('textarea[name=body]'), words)
  await reader.act(form.getByRole('button', { name: 'Gửi', exact: true }))
}

story('story 6: one incident of forty communes is told once and solved once, each ticket keeps its own', async ({ as, server, origin, phone }) => {
  const pbx = await exchange(server)
  const lead = await as('lead')
  await demoClock(lead, '2016-11-14T08:05')
  const agent = await as('agent')
  const officer = await as('officer')

  // the first caller's number brings up the commune and the officer; N and Enter make the ticket
  const card = agent.page.locator('#live section').first()
  const call = await pbx.call({ from: '84912000101' })
  await call.answer('agent')
  await card.getByText('Đặng Xá').first().waitFor()
  if (phone) await card.getByRole('link', { name: 'Tạo phiếu' }).click()
  else await agent.page.keyboard.press('n')
  await agent.page.waitForURL(/\/calls\/[^/]+\/ticket$/)
  await agent.type(agent.page.locator('input[name=title]'), trouble)
  await agent.choose('service', 'software')
  await agent.type(agent.page.locator('textarea[name=body]'), 'Báo sai mật khẩu với mọi tài khoản.')
  await agent.act(agent.page.getByRole('button', { name: 'Tạo phiếu' }))
  await agent.page.waitForURL(/\/tickets\/[0-9a-f-]+$/)
  const first = new URL(agent.page.url()).pathname
  await call.hangUp()

  // forty communes write within ten minutes
  const ask = api(origin, await command(server, 'token', 'create', '--account', 'agent'))
  const communes = (await ask('GET', '/api/v1/units?level=commune&under=018&limit=40')).items.concat((await ask('GET', '/api/v1/units?level=commune&under=016&limit=40')).items).slice(0, 40)
  assert.equal(communes.length, 40)
  for (const unit of communes) {
    await ask('POST', '/api/v1/tickets', { unit: unit.code, title: `${trouble}, ${unit.name}`, body: 'Cán bộ không vào được phần mềm hộ tịch từ 8 giờ.', service: 'software', impact: 2, urgency: 3 })
  }

  const pressing = await ask('POST', '/api/v1/tickets', { unit: '00556', title: 'Mất điện cả trụ sở', body: 'Không tiếp được dân.', service: 'line', impact: 3, urgency: 3 })

  // the lead sees that they are alike and declares an incident in two presses
  await lead.visit('/incidents')
  await lead.says(/phiếu ở 4\d xã, phường có thể cùng một sự cố/)
  await lead.act(lead.page.locator('#main a[href*="/incidents/new?"]').first())
  await lead.page.waitForURL(/\/incidents\/new/)
  await lead.look()
  if ((await lead.page.locator('input[name=title]').inputValue()) === '') await lead.type(lead.page.locator('input[name=title]'), trouble)
  await lead.act(lead.page.locator('#main form[action="/incidents"] button[type=submit]').first())
  await lead.page.waitForURL(/\/incidents\/[0-9a-f-]+$/)
  const incident = new URL(lead.page.url()).pathname
  await lead.says(/4\d xã, phường có phiếu/) // the tile grid's finding
  await lead.look()

  // a new report is offered to it while it is typed
  await officer.visit('/tickets/new')
  await officer.type(officer.page.getByLabel('Tóm tắt'), 'Không đăng nhập được phần mềm hộ tịch')
  await officer.choose('service', 'software')
  await officer.page.locator('#hints').getByText('Có thể cùng sự cố đang diễn ra').waitFor()
  await officer.tick(officer.page.locator('#hints input[type=checkbox][name=incident]').first())
  await officer.type(officer.page.getByLabel('Mô tả'), 'Gõ đúng mật khẩu vẫn bị từ chối.')
  await officer.choose('impact', '2')
  await officer.choose('urgency', '3')
  await officer.act(officer.page.getByRole('button', { name: 'Gửi phiếu' }))
  await officer.page.waitForURL(/\/tickets\/[0-9a-f-]+$/)
  const own = new URL(officer.page.url()).pathname

  // the next caller of the commune is offered the incident by name
  const next = await pbx.call({ from: '84912000101' })
  await agent.visit('/desk/hotline')
  await agent.page.locator('#live section').first().getByText('Có thể cùng sự cố với').waitFor()
  await next.answer('agent')
  await next.hangUp()

  // a missed call waits to be called back, with a due moment
  await (await pbx.call({ from: '0987654321' })).hangUp('cancel')
  await agent.visit('/desk/hotline/callbacks')
  await agent.says('0987 654 321')

  // one message reaches every requester
  await lead.visit(incident)
  const told = 'Bộ Tư pháp đang khắc phục, dự kiến xong lúc 10 giờ. Trong lúc chờ, nhận hồ sơ giấy.'
  await lead.type(lead.page.locator('#main form[action$="/tell"] textarea[name=body]'), told)
  await lead.act(lead.page.locator('#main form[action$="/tell"] button[type=submit]').first())
  await until(officer, own, (page) => page.locator('#conversation').getByText(told))

  // two agents on one ticket: the second sees the first before sending
  const second = await as('agent2')
  await second.visit(first)
  await agent.visit(first)
  await agent.says(/Cũng đang xem/)
  await second.type(second.page.locator('#main form[action$="/reply"] textarea[name=body]'), 'Tôi đã báo Bộ Tư pháp.')
  await answer(agent, 'Đang chờ Bộ Tư pháp, chị nhận hồ sơ giấy giúp.')
  await agent.page.locator('#conversation').getByText('chị nhận hồ sơ giấy giúp').first().waitFor()
  await second.act(second.page.locator('#main form[action$="/reply"]').getByRole('button', { name: 'Gửi', exact: true }))
  await second.says('Trong lúc bạn viết, đã có người trả lời hoặc đổi trạng thái')
  assert.equal(await second.page.locator('#main form[action$="/reply"] textarea[name=body]').inputValue(), 'Tôi đã báo Bộ Tư pháp.')
  await second.look()

  // a ticket goes on to the vendor, with the vendor's own clock
  await lead.visit('/desk/vendors/new')
  await lead.type(lead.page.locator('input[name=name]'), 'Công ty Giải pháp Hộ tịch')
  await lead.act(lead.page.getByRole('button', { name: 'Lưu nhà cung cấp' }))
  await lead.page.waitForURL(/\/desk\/vendors\/[0-9a-f-]+$/)
  const vendor = new URL(lead.page.url()).pathname
  for (const ticket of [first, own]) {
    await lead.visit(`${ticket}/handover`)
    await lead.choose('to', 'vendor')
    await lead.page.locator('select[name=vendor]').selectOption({ label: 'Công ty Giải pháp Hộ tịch' })
    await lead.type(lead.page.locator('textarea[name=tried]'), 'Đã thử tài khoản khác, máy khác, mạng khác: vẫn bị từ chối.')
    await lead.act(lead.page.getByRole('button', { name: 'Chuyển phiếu' }))
    await lead.page.waitForURL(`**${ticket}`)
    await lead.says('Hạn khắc phục theo hợp đồng')
  }
  await lead.visit(vendor)
  assert.equal(await lead.page.locator('tbody tr').count(), 2, 'two cases')

  // solved once, every ticket is answered; one is opened again alone
  await lead.visit(incident)
  const solved = 'Phần mềm đã đăng nhập lại được từ 9 giờ 40.'
  await lead.act(lead.page.locator('summary', { hasText: 'Báo đã khắc phục' }))
  await lead.type(lead.page.locator('#main form[action$="/resolve"] textarea[name=body]'), solved)
  await lead.act(lead.page.locator('#main form[action$="/resolve"] button[type=submit]').first())
  await until(officer, own, (page) => page.locator('#conversation').getByText(solved))
  await officer.look()
  await officer.act(officer.page.locator('details', { has: officer.page.locator('form[action$="/reopen"]') }).locator('summary'))
  await officer.type(officer.page.locator('#main form[action$="/reopen"] textarea[name=body]'), 'Máy quầy số 2 vẫn bị từ chối.')
  await officer.act(officer.page.locator('#main form[action$="/reopen"] button[type=submit]').first())
  await officer.says('Mở lại')
  await until(lead, incident, (page) => page.getByText('Phiếu mở lại'))
  await lead.look()

  // at 11:45 a ticket is within 30 working minutes of its due moment, lunch not counted: the lead is told
  await demoClock(lead, '2016-11-14T11:45')
  await until(lead, '/notices', (page) => page.getByText(pressing.number))

  // the status page says so, to everybody
  const guest = await as('leadership')
  await guest.visit('/status')
  await guest.says('Đã khắc phục trong 7 ngày qua')
  await guest.visit('/desk/districts')
  await guest.says('Gia Lâm')
  await guest.visit('/desk/districts?under=018')
  await guest.says('xã Đặng Xá')
})

/** until looks at a page again until what is awaited stands on it: long work goes on behind it. */
async function until(reader, path, awaited) {
  for (let i = 0; i < 400; i++) {
    await reader.page.goto(path)
    if ((await awaited(reader.page).count()) > 0) return
  }
  assert.fail(`${path} never shows it`)
}
