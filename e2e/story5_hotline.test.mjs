// Story 5: a commune calls the hotline. The card comes up on the agent's page, two keys make the ticket; a call that
// nobody takes waits to be called back.
import assert from 'node:assert/strict'
import { exchange } from './lib/cti.mjs'
import { story } from './lib/story.mjs'

story('story 5: a call comes in, two keys make its ticket, a missed one is called back', async ({ as, server, phone }) => {
  const pbx = await exchange(server)
  const agent = await as('agent')
  const second = await as('lead')
  await agent.visit('/tickets')
  await second.visit('/tickets')

  // the officer of Đặng Xá calls, by the number as the exchange writes it
  const call = await pbx.call({ from: '84912000101', queue: 'ho-tro' })
  const card = (reader) => reader.page.locator('#live section').first()
  await card(agent).getByText('0912 000 101').waitFor()
  await card(agent).getByText('Đặng Xá').first().waitFor()
  await card(second).getByText('Đang đổ chuông').waitFor()
  await agent.look()

  // the first agent answers: the card leaves the other's page, and follows the first to another page
  await call.answer('agent')
  await card(second).waitFor({ state: 'detached' })
  await card(agent).getByText('Đang nói').waitFor()
  await agent.visit('/desk/hotline')
  await card(agent).getByText('Đang nói').waitFor()

  // N opens the ticket, filled in; Enter saves it
  if (phone) await card(agent).getByRole('link', { name: 'Tạo phiếu' }).click()
  else await agent.page.keyboard.press('n')
  await agent.page.waitForURL(/\/desk\/hotline\/calls\/[^/]+\/ticket$/)
  await agent.page.locator('input[name=title]:focus').waitFor()
  assert.match(await agent.page.locator('input[name=title]').inputValue(), /^Cuộc gọi của /)
  await agent.page.keyboard.press('Enter')
  await agent.page.waitForURL(/\/tickets\/[0-9a-f-]+$/)
  await agent.says('Cuộc gọi về phiếu này')
  await agent.look()
  await call.hangUp()

  // three missed calls of one number are one task; calling back ends it
  for (let i = 0; i < 3; i++) await (await pbx.call({ from: '0987654321' })).hangUp('cancel')
  await agent.visit('/desk/hotline/callbacks')
  await agent.says('Gọi nhỡ 3 lần')
  await agent.look()
  const back = await pbx.call({ from: 'agent', to: '0987 654 321', direction: 'out' })
  await back.answer('agent')
  await back.hangUp()
  await agent.visit('/desk/hotline/callbacks')
  assert.equal(await agent.page.locator('#results').getByText('0987 654 321').count(), 0, 'who was called back waits no more')
  await agent.says('lần đầu ngoài giờ làm việc') // who called in the evening waits for this morning
  await agent.visit('/desk/hotline?view=mine')
  await agent.says('Gọi đi')
  await agent.visit('/desk/hotline/hours')
  await agent.look()

  // without script the same is a page
  const plain = await as('lead', { script: false })
  await plain.page.goto('/desk/hotline')
  await plain.page.locator('tr', { hasText: '0987 654 321' }).getByRole('link').first().click()
  await plain.page.getByRole('heading', { name: 'Ghi chép khi nghe máy' }).waitFor()

  // a commune without an exchange keeps its own log
  const officer = await as('officer')
  await officer.visit('/hotline/log')
  await officer.type(officer.page.getByLabel('Ai gọi'), 'Ông Bình, thôn Cự Đà')
  await officer.type(officer.page.getByLabel('Việc gì'), 'Hỏi giấy tờ khai sinh cho cháu')
  await officer.type(officer.page.getByLabel('Kết quả'), 'Đã hướng dẫn, hẹn sáng thứ hai')
  await officer.act(officer.page.getByRole('button', { name: 'Ghi vào sổ' }))
  await officer.says('Đã ghi vào sổ.')
  await officer.look()
})
