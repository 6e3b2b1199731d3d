// Story 3: a commune's officer asks for help; the support team answers, holds and resolves; the officer sees
// every step. On the desk the whole story is lived with the keyboard alone.
import assert from 'node:assert/strict'
import { story } from './lib/story.mjs'

/** answer writes a reply and says what becomes of the ticket. */
async function answer(reader, words, then) {
  const form = reader.page.locator('#main form[action$="/reply"]')
  await reader.type(form.locator('textarea[name=body]'), words)
  if (then) await reader.choose('then', then)
  await reader.act(form.getByRole('button', { name: 'Gửi', exact: true }))
  await reader.page.locator('#conversation').getByText(words).first().waitFor()
}

story('story 3: an officer asks, support answers, holds and resolves, the officer sees every step', async ({ as }) => {
  const officer = await as('officer')
  await officer.visit('/tickets')
  await officer.visit('/tickets/new')

  // a form that is not filled in says what is missing, and keeps what was typed
  await officer.type(officer.page.getByLabel('Tóm tắt'), 'Máy quét không nhận giấy khai sinh')
  await officer.act(officer.page.getByRole('button', { name: 'Gửi phiếu' }))
  await officer.says('Mô tả điều đang xảy ra.')
  assert.equal(await officer.page.getByLabel('Tóm tắt').inputValue(), 'Máy quét không nhận giấy khai sinh')
  await officer.look()

  await officer.choose('service', 'device')
  await officer.type(officer.page.getByLabel('Mô tả'), 'Đặt giấy vào khay, máy báo kẹt giấy dù khay trống.')
  await officer.choose('impact', '2')
  await officer.choose('urgency', '3')
  await officer.page.locator('#promise').getByText('Tổ thiết bị và đường truyền').waitFor()
  await officer.act(officer.page.getByRole('button', { name: 'Gửi phiếu' }))
  await officer.page.waitForURL(/\/tickets\/[0-9A-Za-z-]+$/)
  const address = new URL(officer.page.url()).pathname
  const number = (await officer.page.locator('#main').innerText()).match(/HT-2016-\d{6}/)?.[0]
  assert.ok(number, 'the ticket has a number')
  await officer.says('Cao') // one-stop office as a whole, cannot serve anybody: priority 2
  // opened on Thursday 10/11/2016 at 08:00 and a little: one working hour to answer, one working day to resolve
  await officer.says(/10\/11\/2016 0?9:0\d|0?9:0\d/)
  await officer.look()

  const agent = await as('agent')
  await agent.visit('/tickets?view=free')
  const row = agent.page.getByRole('link', { name: new RegExp('Máy quét không nhận giấy khai sinh') }).first()
  await agent.act(row)
  await agent.page.waitForURL(`**${address}`)
  await agent.act(agent.page.getByRole('button', { name: 'Nhận xử lý' }))
  await agent.says('Bạn đã nhận phiếu này.')
  await agent.look()
  await answer(agent, 'Anh chị gửi giúp ảnh màn hình báo lỗi.', 'requester')
  await agent.says('Tạm dừng')
  await agent.look()

  await officer.visit(address)
  await officer.says('Anh chị gửi giúp ảnh màn hình báo lỗi.')
  await officer.says('Tạm dừng')
  await answer(officer, 'Màn hình báo E-03, đã tắt bật lại.')

  await agent.visit(address)
  await agent.says('Màn hình báo E-03, đã tắt bật lại.')
  await answer(agent, 'Đã cập nhật trình điều khiển, quét lại được.', 'resolved')
  await agent.look()

  await officer.visit(address)
  await officer.says('Vấn đề đã được giải quyết chưa?')
  for (const step of ['Gửi phiếu', 'Tạm dừng, chờ người báo bổ sung', 'Tiếp tục xử lý', 'Báo đã xử lý xong']) {
    await officer.page.locator('#history').getByText(step).first().waitFor()
  }
  await officer.act(officer.page.getByRole('button', { name: 'Đã được, đóng phiếu' }))
  await officer.says('Đã đóng')
  await officer.look()
})
