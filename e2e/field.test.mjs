// On the phone, off the line: declarations, scans of a stock-take and installation records are kept while there is no
// connection and arrive once, even when an answer was lost; a refused one says why; nothing is kept for the next reader.
import assert from 'node:assert/strict'
import { story } from './lib/story.mjs'
import { signIn } from './lib/people.mjs'

const photo = {
  name: 'quay-2.png',
  mimeType: 'image/png',
  buffer: Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAANUlEQVR4nGNgiGLAjjSi5LAihoAoG6yIoSIqCitiWBBVgRUxnIiahhUxfIjaghUxSERdwooAXQFLwZkEN5MAAAAASUVORK5CYII=', 'base64'),
}

story('work on the spot without a line arrives once', async ({ as, origin }) => {
  const he = await as('officer')
  const page = he.page
  const main = page.locator('#main')
  const line = (up) => page.context().setOffline(!up)
  const host = page.locator('#offline')
  const api = (path) => page.evaluate(async (p) => (await fetch(p)).json(), path)

  // a stock-take of his commune begins while there is a line
  await he.visit('/inventory/stocktakes/new')
  await he.act(main.getByRole('button', { name: 'Chốt danh sách và bắt đầu' }))
  await page.waitForURL(/\/field\/stocktakes\/[0-9a-f-]+$/)
  await he.look()
  const count = new URL(page.url()).pathname
  const codes = await page.locator('[data-kept-tags] strong').allInnerTexts()
  assert.ok(codes.length >= 3, `the list holds ${codes.length}`)

  // the pages of the field are kept by the service worker
  for (const path of ['/field', '/field/declare', '/field/installs?unit=00556', count]) await he.visit(path)
  await page.waitForFunction(async (path) => {
    const names = (await caches.keys()).filter((n) => n.startsWith('lt-field-'))
    if (names.length !== 1) return false
    const kept = await caches.open(names[0])
    for (const p of ['/field', '/field/declare', '/field/installs?unit=00556', path]) if (!(await kept.match(p))) return false
    return true
  }, count)

  // no line: scans are kept, marked and counted; twice is once; what nobody knows is kept too
  await line(false)
  const scan = async (tag) => {
    await he.type(page.getByLabel('Mã trên tem'), tag)
    await he.act(main.getByRole('button', { name: 'Ghi nhận' }))
  }
  await scan(codes[0])
  await he.says(`${codes[0]}: có trong danh sách.`)
  await scan(`https://lotrinh.example/t/${codes[0].toLowerCase()}`)
  await he.says(`${codes[0]}: đã quét rồi.`)
  await scan('la-99')
  await he.says('LA-99: không có trong danh sách, đã ghi lại.')
  await host.getByText('Chờ gửi 2 mục').waitFor()

  // a page that is opened again without a line is there, with its marks
  await page.reload()
  await host.getByText('Chờ gửi 2 mục').waitFor()
  assert.equal(await page.locator('[data-kept-found]').innerText(), '1')

  // a declaration with a photo and an installation, still without a line
  await page.goto('/field/declare')
  await page.locator('input[type=file]').setInputFiles(photo)
  await page.getByLabel('Loại thiết bị').selectOption('printer')
  await he.type(page.locator('[name=name]'), 'Brother HL-2140')
  await he.type(page.locator('[name=serial]'), 'br-2140-7')
  await he.act(main.getByRole('button', { name: 'Lưu và gửi' }))
  await host.getByText('Chờ gửi 3 mục').waitFor()
  await host.getByText('1 ảnh').waitFor()
  await page.goto('/field/installs?unit=00556')
  const pc = page.locator('[data-kept-set=asset]').first()
  await he.act(pc)
  await he.choose('what', 'fails')
  await he.type(page.locator('textarea[name=why]'), 'Máy chủ không trả lời')
  await he.act(main.getByRole('button', { name: 'Lưu', exact: true }))
  await host.getByText('Chờ gửi 4 mục').waitFor()

  // the line is back, and the first answer to every record is lost on its way
  const lost = new Set()
  await page.context().route(/\/api\/v1\/inventory\/(declarations|installs|stocktakes\/[^/]+\/scans)\?/, async (route) => {
    if (route.request().method() !== 'POST') return route.continue()
    const { id } = route.request().postDataJSON()
    if (lost.has(id)) return route.continue()
    lost.add(id)
    await route.fetch().catch(() => lost.delete(id)) // it never left: its answer is lost another time
    await route.abort('connectionreset')
  })
  await line(true)
  await host.getByText('Không còn mục nào chờ gửi.').waitFor({ timeout: 60_000 })
  assert.equal(lost.size, 4, 'four records were sent')
  await he.look()

  // each arrived once
  const taken = await api(`/api/v1/inventory${count.replace('/field', '')}`)
  assert.deepEqual([taken.found.length, taken.surplus.length, taken.missing.length], [1, 1, codes.length - 1])
  const printers = (await api('/api/v1/inventory/assets?unit=00556&kind=printer')).items.filter((a) => a.serial === 'BR-2140-7')
  assert.equal(printers.length, 1, 'one printer')
  assert.ok(printers[0].facts.some((f) => f.name === 'present' && f.source === 'photo'), 'its evidence is the photo')
  const fails = (await api('/api/v1/inventory/installs?unit=00556')).items.filter((i) => i.state === 'fails')
  assert.deepEqual(fails.map((i) => i.why), ['Máy chủ không trả lời'])
  await he.visit(`/inventory/assets/${printers[0].id}`)
  const picture = page.locator('#declarations img').first()
  assert.ok(await picture.evaluate((img) => img.decode().then(() => img.naturalWidth > 0)), 'the photo shows')

  // a refused record says why and is mended
  await he.visit('/field/declare')
  await page.locator('input[type=file]').setInputFiles(photo)
  await page.getByLabel('Loại thiết bị').selectOption('scanner')
  await he.type(page.locator('[name=name]'), 'Canon')
  await he.type(page.locator('[name=serial]'), 'SC00376')
  await he.act(main.getByRole('button', { name: 'Lưu và gửi' }))
  await host.getByText(/Bị từ chối: Số sê-ri này đã thuộc thiết bị ở đơn vị khác/).waitFor()
  await he.act(host.getByRole('link', { name: 'Sửa rồi gửi lại' }))
  await page.waitForFunction(() => document.querySelector('[name=serial]').value === 'SC00376')
  await he.type(page.locator('[name=serial]'), 'SC-NEW-1')
  await he.act(main.getByRole('button', { name: 'Lưu và gửi' }))
  await host.getByText('Đã nhận kê khai, thiết bị được thêm vào sổ.').first().waitFor()
  await he.look()

  // what waits outlives signing out, and is sent in its own person's session alone
  await he.visit('/field/installs?unit=00556')
  await line(false)
  await he.act(page.locator('[data-kept-set=asset]').nth(1))
  await he.choose('what', 'installed')
  await he.act(main.getByRole('button', { name: 'Lưu', exact: true }))
  await host.getByText('Chờ gửi 1 mục').waitFor()
  await page.context().unrouteAll()
  await page.context().route('**/api/v1/**', (route) => route.abort())
  await line(true)
  await page.evaluate(() => document.querySelector('form[action="/sign-out"]').requestSubmit())
  await page.waitForURL(/\/sign-in/)
  await page.waitForFunction(async () => !(await caches.keys()).some((n) => n.startsWith('lt-field-')))
  await page.context().unrouteAll()
  await signIn(page, 'coordinator')
  await he.visit('/field')
  assert.equal(await page.locator('[data-kept-item]').count(), 0, 'another person sees nothing of it')
  await page.evaluate(() => document.querySelector('form[action="/sign-out"]').requestSubmit())
  await page.waitForURL(/\/sign-in/)
  await signIn(page, 'officer')
  await page.goto('/field')
  await host.getByText('Không còn mục nào chờ gửi.').waitFor()
  const done = (await api('/api/v1/inventory/installs?unit=00556')).items.filter((i) => i.state === 'installed')
  assert.equal(done.length, 1, 'it arrived when he was back')
  assert.ok(origin)
})
