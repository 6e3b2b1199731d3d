// Two agents at one ticket, by the keyboard: who is there, what was typed, the palette, the sheet of keys.
import assert from 'node:assert/strict'
import { story } from './lib/story.mjs'

story('two agents at one ticket', async ({ as }) => {
  const first = await as('agent')
  await first.visit('/tickets?view=free')
  await first.page.keyboard.press('j')
  await first.page.keyboard.press('Enter')
  await first.page.waitForURL(/\/tickets\/[0-9a-f-]{36}$/)
  const address = new URL(first.page.url()).pathname
  const box = (reader) => reader.page.locator('textarea[data-unsent=reply]')

  // What is typed is kept on the server, and comes back.
  await first.page.keyboard.press('r')
  await first.page.keyboard.type('Đang xem máy r n a ?')
  await first.says('Đã lưu nháp lúc')
  await first.visit(address)
  assert.equal(await box(first).inputValue(), 'Đang xem máy r n a ?')

  // The second sees the first before sending, and is held back by the first's answer.
  const second = await as('lead')
  await second.visit(address)
  await second.says('đang viết trên phiếu này')
  await box(second).fill('Để tôi xử lý.')
  await box(first).fill('Tôi đã nhận.')
  await first.page.locator('#form-reply').getByRole('button', { name: 'Gửi', exact: true }).click()
  await first.says('Tôi đã nhận.')
  await second.page.locator('#form-reply').getByRole('button', { name: 'Gửi', exact: true }).click()
  await second.says('Trong lúc bạn viết, đã có người trả lời hoặc đổi trạng thái')
  assert.equal(await box(second).inputValue(), 'Để tôi xử lý.')
  await second.look()
  const refused = second.problems.findIndex((p) => p.includes('Error Code 409')) // refused on purpose
  second.problems.splice(refused, refused < 0 ? 0 : 1)
  await second.page.getByRole('button', { name: 'Gửi luôn' }).click()
  await second.page.locator('#conversation').getByText('Để tôi xử lý.').waitFor()

  // The sheet of keys, and the palette with what the page can do.
  await second.page.locator('h1').click()
  await second.page.keyboard.press('?')
  await second.page.locator('#keys[open]').getByText('viết trả lời').waitFor()
  await second.look()
  await second.page.keyboard.press('Escape')
  await second.page.keyboard.press('Control+k')
  await second.page.locator('#palette[open] [data-here]').getByText('Trả lời', { exact: true }).waitFor()
  await second.page.keyboard.type('qua han')
  await second.page.locator('#go-results').getByRole('link', { name: 'Quá hạn', exact: true }).waitFor()
  await second.look()
  await second.page.keyboard.press('Enter')
  await second.page.waitForURL(/view=late/)

  // Switched off, no key does anything.
  await second.visit('/keys')
  await second.page.getByRole('button', { name: 'Tắt phím tắt' }).click()
  await second.says('Phím tắt đang tắt.')
  await second.page.keyboard.press('?')
  assert.equal(await second.page.locator('dialog#keys').count(), 0)
}, { at: [1440] })
