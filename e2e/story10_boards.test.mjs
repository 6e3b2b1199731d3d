// Story 10: on a tablet the deputy director presses the bar of Sóc Sơn, presses the 4 that are late, and stands at the
// communes with the reasons; looks at yesterday; compares two districts. A coordinator meets her own district alone.
import assert from 'node:assert/strict'
import { demoClock, story } from './lib/story.mjs'

/** figure is the link of a tile on top of a board. */
const figure = (reader, name) => reader.page.locator('#main .lt-figures a').filter({ hasText: new RegExp(`^${name}$`) })

/** value is the number on a tile. */
const value = async (reader, name) => (await reader.page.locator('#main .lt-figures > li').filter({ has: reader.page.getByRole('link', { name, exact: true }) }).locator('.lt-fig-value').innerText()).trim()

/** bar presses a district's bar in the drawing that this width shows. */
const bar = (reader, name) => reader.page.locator('#main svg a').filter({ has: reader.page.getByText(name, { exact: true }) }).filter({ visible: true }).first().click()

story('story 10: from the bar of a district to the late communes with the reasons, as of yesterday, side by side', async ({ as }) => {
  const planner = await as('planner')
  await planner.visit('/rollout/districts/016')
  await planner.act(planner.page.getByRole('button', { name: 'Chuyển sang chính thức' }))
  await planner.says('22 trên 26 xã sẽ được chuyển')
  await planner.act(planner.page.getByRole('button', { name: 'Chuyển 22 xã' }))
  await planner.says(/Đã chuyển 22 xã/)

  // on the day itself the four are due, the next morning they are late
  const leader = await as('leadership')
  const { page } = leader
  await leader.visit('/overview/districts/016')
  assert.match(await value(leader, 'Trễ hạn'), /^0/)
  await leader.says('trong ngày đến hạn 4 đơn vị')
  await demoClock(leader, '2016-11-11T08:00')
  await leader.visit('/overview')
  await bar(leader, 'Huyện Sóc Sơn')
  await page.waitForURL('**/overview/districts/016')
  await leader.look()
  assert.match(await value(leader, 'Trễ hạn'), /^4/)
  await leader.act(figure(leader, 'Trễ hạn'))
  await page.waitForURL('**/overview/communes?*')
  await leader.look()
  assert.equal(new URL(page.url()).search, '?show=late&unit=016', 'the address holds the state')
  const rows = page.locator('#main tbody tr')
  assert.equal(await rows.count(), 4)
  for (const row of await rows.all()) assert.match(await row.innerText(), /Trễ chính thức từ 10\/11\/2016[\s\S]*Thiếu 1 máy quét/)
  await leader.act(rows.first().getByRole('link').first())
  await page.waitForURL('**/rollout/units/*')
  await leader.look()

  // yesterday ended with a broken promise, the day before nobody was late; the page says which day it is of
  await leader.visit('/overview/districts/016')
  await leader.act(page.getByRole('link', { name: 'Hôm qua', exact: true }))
  await page.waitForURL('**/overview/districts/016?on=2016-11-10')
  await leader.says('Số liệu ngày 10/11/2016')
  await leader.look()
  assert.match(await value(leader, 'Trễ hạn'), /^4/, 'at the end of the day its promise was broken')
  await leader.visit('/overview/districts/016?on=2016-11-09&with=2016-11-01')
  assert.match(await value(leader, 'Trễ hạn'), /^0/)
  await page.locator('#main tr').filter({ hasText: 'Khai báo đạt' }).filter({ hasText: '+26' }).filter({ hasText: 'Tốt hơn' }).waitFor()
  await leader.act(page.getByRole('link', { name: 'Về hôm nay' }))
  await page.waitForURL((url) => url.pathname === '/overview/districts/016' && !url.searchParams.has('on'))

  // two districts beside each other
  await leader.act(page.getByRole('navigation').getByRole('link', { name: 'So sánh', exact: true }))
  await page.waitForURL('**/overview/compare?*')
  await page.getByLabel('Địa bàn thứ hai').selectOption('018')
  await leader.act(page.getByRole('button', { name: 'Lọc' }))
  await page.waitForURL('**b=018**')
  await leader.look()
  const official = page.locator('#main tr').filter({ hasText: 'Tỷ lệ chính thức' })
  assert.match(await official.innerText(), /84,6%[\s\S]*0,0%[\s\S]*\+84,6[\s\S]*Tốt hơn/)
  for (const theme of ['Chương trình', 'Hỗ trợ', 'Thiết bị', 'Hồ sơ']) {
    await page.locator('.lt-tabs').getByRole('link', { name: theme, exact: true }).click()
    await page.waitForLoadState('load')
    await leader.look()
  }

  // the coordinator of Gia Lâm sees her own district and is told of no other
  const coordinator = await as('coordinator')
  await coordinator.visit('/overview')
  assert.equal(await coordinator.page.locator('#main').getByText('Sóc Sơn').count(), 0)
  await coordinator.visit('/overview/districts/018')
  await coordinator.visit('/overview/districts/016', 404)
  await coordinator.visit('/overview/compare?a=018&b=016', 404)
}, { at: [820] })
