// Story 8: a family files once, and every office answers on time. A mother fills the interlinked birth registration on a
// telephone; the line drops twice and nothing is lost or filed twice. The one-stop office accepts it, the civil-status
// officer examines it, she confirms the draft, and the register is written and signed. The personal number comes, the chairman
// signs, the police is down and comes back, the insurance asks for something more; she is told of each result, the dossier is
// closed, and she says how she was served.
import assert from 'node:assert/strict'
import { story } from './lib/story.mjs'
import { outside } from './lib/outside.mjs'

const home = 'xã Đặng Xá, huyện Gia Lâm, Hà Nội'
const mother = '0987654321'

// what she answers; days are typed in three boxes, or in one where only the year is known
const answers = {
  'requester.name': 'Lê Thị Mai', 'requester.relation': 'mother', 'requester.paper.kind': 'cmnd', 'requester.paper.no': '012345678', 'requester.home.place': home, 'requester.phone': mother,
  'case.kind': 'both', 'case.alive': 'alive',
  'child.name': 'Trần Gia Bảo', 'child.sex': 'male', 'child.born': '05/11/2016', 'child.birthplace': 'Bệnh viện đa khoa huyện Gia Lâm', 'child.birth_unit.place': 'xã Trâu Quỳ, huyện Gia Lâm, Hà Nội', 'child.hometown': home, 'child.ethnicity': '01', 'child.nation': 'VN',
  'proof.kind': 'gcs', 'proof.no': 'GCS 00999/2016', 'proof.on': '05/11/2016', 'proof.by': 'Bệnh viện đa khoa huyện Gia Lâm',
  'mother.name': 'Lê Thị Mai', 'mother.born': '1990', 'mother.ethnicity': '01', 'mother.nation': 'VN', 'mother.lives': 'permanent', 'mother.home.place': home,
  'father.name': 'Trần Văn Nam', 'father.born': '1988', 'father.ethnicity': '01', 'father.nation': 'VN', 'father.lives': 'permanent', 'father.home.place': home,
  'wed.is': 'yes', 'wed.no': '41/2014', 'wed.on': '18/10/2014', 'wed.by': 'UBND xã Đặng Xá',
  'household.with_parents': 'yes', 'household.head': 'Trần Văn Cường', 'household.relation': 'cháu nội', 'household.home.place': home, 'household.consent': 'paper',
  'insure.hospital': '01099', 'insure.home.place': home,
  'output.copies': '2', 'output.way': 'counter', 'output.true': '1',
}

const part = { d: 0, m: 1, y: 2 }

// answerOf is what belongs into an input, by its name
function answerOf(name) {
  if (answers[name] !== undefined) return answers[name]
  const [, key, which] = name.match(/^(.*)\.([dmy])$/) ?? []
  const day = key && answers[key]?.split('/')
  if (!day) return undefined
  return day.length === 3 ? day[part[which]] : which === 'y' ? day[0] : undefined
}

async function fill(page) {
  for (const input of await page.locator('#main :is(input, select, textarea):visible').all()) {
    const { name, type, value } = await input.evaluate((e) => ({ name: e.name, type: e.type, value: e.value }))
    const want = answerOf(name)
    if (want === undefined || type === 'file') continue
    if (type === 'radio') {
      if (value === want) await input.check()
    } else if (type === 'checkbox') await input.check()
    else if (type === 'select-one') await input.selectOption(want)
    else await input.fill(want)
  }
}

const step = (page) => decodeURIComponent(new URL(page.url()).pathname.split('/').at(-1))

async function next(page) {
  const from = page.url()
  await page.locator('#main form button.btn-primary[type=submit]').last().click()
  await page.waitForURL((url) => url.href !== from)
  await page.waitForLoadState('load')
}

async function files(her, others) {
  const page = her.page
  await her.visit('/thu-tuc?q=giay+khai+sinh+cho+con')
  await her.visit('/nop-ho-so/birth_link3')
  await her.type(page.locator('#main [name=place]'), 'dang xa gia lam')
  await next(page)
  while (step(page).startsWith('muc-')) {
    await her.look()
    if (step(page) === 'muc-child') await dropsWhileTyping(page)
    await fill(page)
    await next(page)
  }
  while (step(page).startsWith('giay-')) {
    if (step(page) === 'giay-birth_proof') await dropsWhileSending(page)
    else await sends(page)
    await her.look()
    await next(page)
  }
  await her.type(page.locator('#main [name=number]'), mother)
  await next(page)
  await her.type(page.locator('#main [name=code]'), await others.code(mother))
  await next(page)
  await her.look()
  const sure = page.locator('#main [name=sure]')
  if (await sure.count()) await her.tick(sure)
  const from = page.url()
  const send = page.locator('#main form button.btn-primary[type=submit]').last()
  await send.dblclick() // impatient
  await page.waitForURL((url) => url.href !== from)
  await her.says('Đã nộp hồ sơ')
  await her.look()
  return (await page.locator('#main').innerText()).match(/\b[2-9A-Z]{10}\b/)[0]
}

// what is typed without a line is kept on the telephone, and goes to the server when it is back
async function dropsWhileTyping(page) {
  await page.context().setOffline(true)
  await page.locator('#main [name="child.name"]').fill('Trần Gia')
  await page.getByText('Mất mạng').filter({ visible: true }).first().waitFor()
  await page.context().setOffline(false)
  await page.getByText('Đã lưu lúc').filter({ visible: true }).first().waitFor()
  await page.reload()
  assert.equal(await page.locator('#main [name="child.name"]').inputValue(), 'Trần Gia', 'what was typed without a line is there')
}

async function sends(page) {
  await page.locator('#main input[type=file]').setInputFiles({ name: 'giay-to.png', mimeType: 'image/png', buffer: await picture(page) })
  await page.locator('[data-papers] li').first().waitFor()
}

async function dropsWhileSending(page) {
  const buffer = await picture(page)
  await page.context().setOffline(true)
  await page.locator('#main input[type=file]').setInputFiles({ name: 'giay-chung-sinh.png', mimeType: 'image/png', buffer })
  await page.locator('[data-sending]').getByText('chờ có mạng').first().waitFor()
  await page.context().setOffline(false)
  await page.locator('[data-papers] li').first().waitFor()
}

// a picture as a camera takes it
async function picture(page) {
  const url = await page.evaluate(() => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 900, height: 1200 })
    const pen = canvas.getContext('2d')
    for (let i = 0; i < 400; i++) {
      pen.fillStyle = `hsl(${i * 7} 40% ${30 + (i % 60)}%)`
      pen.fillRect((i * 37) % 900, (i * 91) % 1200, 120, 80)
    }
    return canvas.toDataURL('image/png')
  })
  return Buffer.from(url.split(',')[1], 'base64')
}

async function opens(officer, view, name) {
  await officer.visit(`/dossiers?view=${view}`)
  await officer.act(officer.page.locator('#main').getByRole('link', { name }).first())
  await officer.page.waitForURL(/\/dossiers\/[0-9a-f-]{36}$/)
  await officer.look()
}

// does presses what can be done with the dossier now, and then its form's button
async function does(officer, act) {
  await officer.act(officer.page.locator(`#main a[href$="/do/${act}"]`).filter({ visible: true }).first())
  await officer.page.waitForURL(/\/do\//)
  await officer.look()
  await officer.act(officer.page.locator('#main form button[type=submit].btn-primary').last())
  await officer.page.waitForURL(/\/dossiers\/[0-9a-f-]{36}$/)
}

async function enters(her, track, others) {
  await her.visit(`/tra-cuu?ma=${track}`)
  await her.type(her.page.locator('#main [name=number]'), mother)
  await next(her.page)
  await her.type(her.page.locator('#main [name=code]'), await others.code(mother))
  await her.act(her.page.locator('#main form button.btn-primary[type=submit]').last())
  await her.says('Các bước giải quyết')
  await her.look()
  return new URL(her.page.url()).pathname
}

// until opens a page again until it shows the words: what comes from elsewhere comes in its own time.
async function until(reader, path, words, at = '#main') {
  for (let i = 0; i < 90; i++) {
    await reader.page.goto(path)
    if (await reader.page.locator(at).filter({ hasText: words }).count()) return reader.look()
    await reader.page.waitForTimeout(1000)
  }
  assert.fail(`${path} never shows ${words} at ${at}: ${await reader.page.locator('#main').innerText()}`)
}

// signs ticks one line of the list, unticks the others, and signs with the password.
async function signs(signer, name) {
  for (const line of await signer.page.locator('#main .list-group-item').all()) {
    const box = line.locator('input[type=checkbox]')
    if ((await line.innerText()).includes(name)) await signer.tick(box)
    else if (await box.isChecked()) await box.uncheck()
  }
  await signer.type(signer.page.locator('#main [name=password]').first(), 'lotrinh-2016')
  await signer.act(signer.page.getByRole('button', { name: 'Ký các hồ sơ đã đánh dấu' }))
  await signer.says('Đã ký 1 hồ sơ')
}

story('story 8: a family files once, and every office answers on time', async ({ as, guest, server }) => {
  const others = await outside(server)
  const her = await guest()
  const track = await files(her, others)

  const officer = await as('officer')
  await opens(officer, 'mine', 'Trần Gia Bảo')
  const dossier = new URL(officer.page.url()).pathname
  await does(officer, 'accept')
  await officer.says('Hạn trả kết quả')
  await does(officer, 'hand_over')

  const stranger = await guest()
  await stranger.visit(`/tra-cuu?ma=${track}`)
  const seen = await stranger.page.locator('#main').innerText()
  assert.ok(seen.includes('Chưa giải quyết xong') && !/Mai|Bảo|Đặng Xá|khai sinh/i.test(seen), `a stranger sees the code and "done or not" only: ${seen}`)

  const registrar = await as('registrar')
  await registrar.visit(dossier)
  await does(registrar, 'hand_over')
  await does(registrar, 'ask_confirm')

  const own = await enters(her, track, others)
  await her.act(her.page.getByRole('link', { name: 'Xem bản dự thảo' }))
  await her.page.waitForURL(/\/xac-nhan$/)
  await her.look()
  await her.act(her.page.getByRole('button', { name: 'Đúng, tôi xác nhận' }))
  await her.says('Đã xác nhận')

  await registrar.visit(dossier)
  await registrar.type(registrar.page.locator('#main [name=password]'), 'lotrinh-2016')
  await registrar.act(registrar.page.getByRole('button', { name: 'Ghi sổ và ký' }))
  await registrar.says('Đã ghi sổ')

  // the personal number comes by itself; the police is down when the legs go
  await others.tell('residence', { down: 3600 })
  await others.tell('insurance', { asks: 1 })
  const signer = await as('signer')
  await until(signer, '/dossiers/sign', 'Trần Gia Bảo')
  await signs(signer, 'Trần Gia Bảo')

  // the insurance asks for something more and gets it; the police comes back: both answer, and nothing was done twice
  await until(registrar, dossier, 'Yêu cầu bổ sung', '#leg-insurance')
  await registrar.type(registrar.page.locator('#main [name=answer]'), 'Mã nơi khám, chữa bệnh ban đầu là 01099.')
  await registrar.act(registrar.page.locator('#main form:has([name=answer]) button[type=submit]'))
  await registrar.page.locator('#leg-insurance:not(:has([name=answer]))').waitFor()
  await others.tell('insurance', {})
  await until(registrar, dossier, 'Số kết quả', '#leg-insurance:not(:has(form))')
  assert.match(await registrar.page.locator('#leg-residence').innerText(), /Chưa gửi tới/, 'the officer sees on one page who has not been reached')
  await others.tell('residence', {})
  await until(registrar, dossier, 'Số kết quả', '#leg-residence:not(:has(form))')
  for (const words of ['có kết quả đăng ký thường trú', 'có thẻ bảo hiểm y tế']) assert.equal(await others.told(mother, words), 1, `${words}: told once`)

  await does(registrar, 'finish')
  assert.equal(await others.told(mother, 'có kết quả. Xem cách nhận'), 1, 'she is told once that it is ready')
  await officer.visit(dossier)
  await officer.act(officer.page.locator('#main a[href$="/do/return"]').filter({ visible: true }).first())
  await officer.page.waitForURL(/\/do\/return/)
  await officer.look()
  await officer.type(officer.page.locator('#main [name=identity]'), 'CMND 012345678')
  await officer.tick(officer.page.locator('#main [name=signed]'))
  await officer.act(officer.page.locator('#main form button[type=submit].btn-primary').last())
  await officer.page.waitForURL(/\/dossiers\/[0-9a-f-]{36}$/)
  await officer.says('Đã trả kết quả')
  await officer.look()

  await her.visit(own)
  await her.act(her.page.locator('#main a[href$="/danh-gia"]').first())
  await her.page.waitForURL(/\/danh-gia$/)
  await her.look()
  await her.act(her.page.getByRole('button', { name: 'Lịch sự, tận tình' }))
  await her.says('Cảm ơn')
  await her.look()
})
