// Story 9: the district approves the people whom its communes ask for, an administrator issues a batch and prints its sealed
// letters once, and an officer comes in with the password on her letter, chooses her own and puts up a number to call.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { story } from './lib/story.mjs'

const run = promisify(execFile)
const her = { name: 'Hoàng Thanh Phong', unit: '00559', chosen: 'bốn mùa hoa sữa thơm' }

/** letters reads printed slips: for every page the name, the login and the first password that are on it. */
async function letters(file) {
  const { stdout } = await run('pdftotext', ['-layout', file, '-'])
  return stdout.normalize('NFC').split('\f').filter((page) => page.trim()).map((page) => ({
    name: page.match(/Kính gửi: (.+)/)[1].trim(),
    login: page.match(/Tên đăng nhập:\s+(\S+)/)[1],
    password: page.match(/Mật khẩu lần đầu:\s+(\S+)/)[1],
  }))
}

/** approved lets the coordinator of Gia Lâm approve whom nobody could take for somebody else. */
async function approved(as) {
  const coordinator = await as('coordinator')
  const { page } = coordinator
  await coordinator.act(page.getByRole('link', { name: /9 đề nghị cấp tài khoản chờ duyệt/ }))
  await page.waitForURL('**/rollout/accounts?state=asked')
  await coordinator.look()
  await coordinator.act(page.getByRole('button', { name: /^Duyệt \d+ đề nghị/ }))
  await coordinator.says('Đã duyệt 8 đề nghị.')
  await coordinator.says('Còn 1 đề nghị nghi trùng người, hãy xem từng trường hợp.')
  await coordinator.act(page.getByRole('link', { name: 'Phạm Thị Huệ' }))
  await coordinator.says('cùng tên, cùng xã')
  await coordinator.look()
}

/** issued lets the administrator make the accounts of Gia Lâm, and answers with the page of the batch once that is done. */
async function issued(admin) {
  const { page } = admin
  await admin.visit('/rollout/accounts/batches')
  assert.equal(await page.locator('#main a[href="/rollout"]').count(), 0, 'a way to a page that an administrator may not read')
  await page.locator('select[name=unit]').selectOption('018')
  await admin.act(page.getByRole('button', { name: 'Cấp tài khoản' }))
  await page.waitForURL(/batches\/[0-9a-f-]{36}$/)
  const batch = new URL(page.url()).pathname
  while (await page.getByText('Đang cấp', { exact: true }).count()) await page.goto(batch)
  await admin.look()
  return batch
}

story('story 9: from the roster to an officer who came in with her sealed letter', async ({ as, guest }) => {
  await approved(as)
  const admin = await as('admin')
  const batch = await issued(admin)

  // seven were trained; their letters are told once, and whoever asks again in another window gets none
  const print = admin.page.getByRole('button', { name: 'Tạo mật khẩu và in 7 phiếu' })
  const window = await admin.page.context().newPage()
  await window.goto(batch)
  const [file] = await Promise.all([admin.page.waitForEvent('download'), admin.act(print)])
  const slips = await letters(await file.path())
  assert.equal(slips.length, 7)
  assert.equal(new Set(slips.map((one) => one.password)).size, 7)
  const slip = slips.find((one) => one.name === her.name)
  await window.getByRole('button', { name: /^Tạo mật khẩu và in/ }).click()
  await window.getByText('Không còn phiếu nào chờ in trong đợt này.').first().waitFor()
  await admin.visit(batch)
  assert.equal(await print.count(), 0)
  await admin.visit(`/rollout/accounts?state=issued&unit=${her.unit}`)
  await admin.says(her.name)

  // whatever she opens, she first chooses a password of her own
  const officer = await guest()
  const { page } = officer
  await officer.visit('/sign-in')
  await officer.type(page.locator('input[name=login]:not([type=hidden])'), slip.login)
  await officer.type(page.locator('input[name=password]:not([type=hidden])'), slip.password)
  await page.keyboard.press('Enter')
  await page.waitForURL('**/account/password')
  await officer.visit('/rollout/duty')
  assert.equal(new URL(page.url()).pathname, '/account/password')
  await officer.says(/Mật khẩu hiện tại chỉ dùng một lần/)
  await officer.type(page.locator('input[name=current]'), slip.password)
  await officer.type(page.locator('input[name=password]'), her.chosen)
  await officer.type(page.locator('input[name=again]'), her.chosen)
  await officer.act(page.getByRole('button', { name: 'Đổi mật khẩu' }))
  await officer.says(/Đã đổi mật khẩu/)
  await officer.look()

  // she works: the number that people of her commune can call
  await officer.visit('/rollout/duty')
  await officer.type(page.locator('input[name=name]'), her.name)
  await officer.type(page.locator('input[name=phone]'), '0912 000 559')
  await officer.act(page.getByRole('button', { name: 'Niêm yết', exact: true }))
  await officer.says('Đã niêm yết.')
  const citizen = await guest()
  await citizen.visit(`/xa/${her.unit}`)
  await citizen.says('0912 000 559')

  // nobody waits for her any more, and her letter opens nothing
  await admin.visit(`/rollout/accounts?state=issued&unit=${her.unit}`)
  assert.equal(await admin.page.getByText(her.name).count(), 0)
  await admin.visit(`/rollout/accounts?state=active&unit=${her.unit}`)
  await admin.says(her.name)
  await citizen.visit('/sign-in')
  await citizen.type(citizen.page.locator('input[name=login]:not([type=hidden])'), slip.login)
  await citizen.type(citizen.page.locator('input[name=password]:not([type=hidden])'), slip.password)
  await citizen.page.keyboard.press('Enter')
  await citizen.page.locator('[role=alert]').first().waitFor()
  assert.equal(new URL(citizen.page.url()).pathname, '/sign-in')
})
