// Story 2: a district coordinator sees her own district alone, reports that a commune lacks a scanner and that two PCs
// are below the specification, with a photo; the commune's readiness turns and says why.
import assert from 'node:assert/strict'
import { story } from './lib/story.mjs'

const photo = {
  name: 'quay-2.png',
  mimeType: 'image/png',
  buffer: Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAANUlEQVR4nGNgiGLAjjSi5LAihoAoG6yIoSIqCitiWBBVgRUxnIiahhUxfIjaghUxSERdwooAXQFLwZkEN5MAAAAASUVORK5CYII=', 'base64'),
}

story('story 2: a coordinator reports gaps with a photo, the commune turns and says why', async ({ as, phone }) => {
  const her = await as('coordinator')
  await her.visit('/inventory')
  const main = her.page.locator('#main')
  assert.ok(!(await main.innerText()).includes('Ba Đình'), 'another district is on her board')

  assert.equal(await her.page.locator('#results a.lt-main-link').count(), 22, 'the communes of Gia Lâm')
  for (const elsewhere of ['/inventory/units/09697', '/rollout/units/09697']) {
    assert.equal((await her.page.goto(elsewhere)).status(), 404, `${elsewhere} lies in Ba Vì`)
  }

  // a commune of her own that has everything it needs
  await her.visit('/inventory?verdict=met')
  const commune = her.page.locator('#results a.lt-main-link').first()
  const name = await commune.innerText()
  await her.act(commune)
  await her.page.waitForURL(/\/inventory\/units\/\d+$/)
  await her.says('Đạt')
  await her.look()
  const unit = new URL(her.page.url()).pathname

  await her.act(main.getByRole('link', { name: 'Báo thiếu hụt' }).first())
  await her.page.waitForURL(/\/gaps\/new/)
  await her.look()

  // a form that is not filled in says what is missing, and keeps what was typed
  await her.type(her.page.getByLabel('Ghi chú'), 'Máy quét cũ đã trả về huyện')
  await her.act(her.page.getByRole('button', { name: 'Gửi báo cáo' }))
  await her.says('Chưa chọn loại thiết bị.')
  assert.equal(await her.page.getByLabel('Ghi chú').inputValue(), 'Máy quét cũ đã trả về huyện')
  await her.look()

  await her.choose('kind', 'missing')
  await her.page.getByLabel('Loại thiết bị').selectOption('scanner')
  await her.page.locator('input[type=file]').setInputFiles(photo)
  await her.act(her.page.getByRole('button', { name: 'Gửi và báo thêm' }))
  await her.says('Thiếu 1 máy quét')

  await her.choose('kind', 'below_spec')
  await her.page.getByLabel('Loại thiết bị').selectOption('pc')
  await her.type(her.page.getByLabel('Số lượng'), '2')
  await her.act(her.page.getByRole('button', { name: 'Gửi báo cáo' }))
  await her.page.waitForURL(`**${unit}`)
  await her.says('Chưa đạt')
  await her.says(/Xã báo thiếu 1 máy quét \(.+, ngày 10\/11\/2016\)/)
  await her.says(/Xã báo 2 máy tính dưới cấu hình/)
  await her.look()

  // the gap has a due moment on working time, a photo, and an owner once somebody takes it on
  await her.act(main.getByRole('link', { name: 'Thiếu 1 máy quét', exact: true }).first())
  await her.page.waitForURL(/\/inventory\/gaps\/[0-9a-f-]+$/)
  await her.says(/24\/11\/2016/)
  const picture = main.locator('img').first()
  await picture.waitFor()
  assert.ok(await picture.evaluate((img) => img.decode().then(() => img.naturalWidth > 0)), 'the photo shows')
  await her.look()
  await her.act(main.getByRole('button', { name: 'Nhận xử lý' }))
  await her.choose('to', 'closed')
  await her.act(main.getByRole('button', { name: 'Ghi nhận' }))
  await her.says(/Chưa thể đóng/)
  await her.look()
  const gap = new URL(her.page.url()).pathname.replace(/\/move$/, '')

  // a gap closes when the thing is seen, not on a word: the planner, who may inspect, does it
  const planner = await as('planner')
  await planner.visit(gap)
  await planner.choose('to', 'closed')
  await planner.act(planner.page.locator('main').getByRole('button', { name: 'Ghi nhận' }))
  await planner.says(/: đã xong\./)
  // the planner sees the commune as it stands: one lack less, still not ready
  await planner.visit(unit)
  await planner.says('Chưa đạt')
  assert.ok(!/Xã báo thiếu 1 máy quét/.test(await planner.page.locator('#main section').first().innerText()), 'a closed gap is no reason')
  if (phone) await planner.says(name)
})
