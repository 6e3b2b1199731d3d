// Story 7: what communes have is measured rather than declared. The planner publishes what phase 2 asks for; agents report
// by themselves; a coordinator's table of 300 computers is previewed beside what they said; five computers of Thanh Trì turn
// out too weak, in words; twelve scanners come from elsewhere and one is bought, all of them signed for, and a gap closes when
// its scanner is seen; the planner asks "what if"; a line that was declared 8 Mbps measures 1.2 Mbps, and the commune's answer
// changes; a phone's camera reads the label that we printed.
import assert from 'node:assert/strict'
import { demoClock, story } from './lib/story.mjs'
import { report } from './lib/machines.mjs'
import { launch } from './lib/browser.mjs'
import { seen } from './lib/picture.mjs'

const signature = async (reader) => {
  const frame = reader.page.locator('canvas').first()
  await frame.scrollIntoViewIfNeeded()
  const box = await frame.boundingBox()
  await reader.page.mouse.move(box.x + 20, box.y + 40)
  await reader.page.mouse.down()
  for (let i = 0; i < 12; i++) await reader.page.mouse.move(box.x + 20 + i * 10, box.y + 40 + (i % 2) * 25)
  await reader.page.mouse.up()
}

// what stands in the table of the district: thirteen computers that agents know, of which four are described otherwise,
// 270 that nobody knows yet, and seventeen rows that something is wrong with
function table() {
  const head = ['Huyện', 'Xã', 'Loại thiết bị', 'Tên, kiểu máy', 'Số sê-ri', 'RAM (MB)', 'Tốc độ CPU (MHz)']
  const row = (serial) => ['Gia Lâm', 'Đặng Xá', 'máy tính', 'Dell OptiPlex 3020', serial, '1024', '2400']
  const rows = []
  for (let i = 0; i < 13; i++) rows.push(row(`AGENT${String(i).padStart(2, '0')}`))
  for (const i of [9, 10, 11]) rows[i][5] = '4096'
  rows[12][6] = '3600'
  for (let i = 0; i < 270; i++) rows.push(row(`GL198-${String(i).padStart(3, '0')}`))
  const spoilt = [[1, 'Nơi không có'], [2, 'máy bay'], [3, ''], [5, 'nhiều'], [6, '9']]
  for (let i = 0; i < 17; i++) {
    const [cell, value] = spoilt[i % spoilt.length]
    rows.push(row(`SAI-${i}`).with(cell, value))
  }
  return [head, ...rows].map((r) => r.join('\t')).join('\n')
}

async function keyFor(reader, unit) {
  await reader.visit('/inventory/agents/keys')
  await reader.page.locator('#main [name=unit]').selectOption(unit)
  await reader.act(reader.page.getByRole('button', { name: 'Cấp khóa' }))
  await reader.says('Mật khẩu chỉ hiện một lần này')
  await reader.look()
  const path = (await reader.page.locator('#main').innerText()).match(/http:\/\/[^\s@]*(\/agent\/ag_\w+)/)[1]
  return new URL(path, reader.page.url()).href
}

// api asks the product as the reader's own browser does.
const api = (reader, path, body) => reader.page.evaluate(async ([to, said]) => {
  const headers = said && { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() }
  const answer = await fetch(`/api/v1/inventory${to}`, said && { method: 'POST', headers, body: JSON.stringify(said) })
  if (!answer.ok) throw new Error(`${to} answers ${answer.status}: ${await answer.text()}`)
  return answer.json()
}, [path, body])

story('story 7: what communes have is measured, bought, signed for and seen', async ({ as, phone, server }) => {
  const planner = await as('planner')
  const her = await as('coordinator')

  await publishes(planner)

  const gialam = await keyFor(her, '018')
  for (let i = 0; i < 13; i++) await report(gialam, { name: `GL-${i}`, serial: `AGENT${String(i).padStart(2, '0')}`, tag: '00556', ram: 1015, nr: i })
  await bringsTable(her)
  await weakMachines(await as('thanhtri'))
  const officer = await as('officer')
  await fromGapToRecord(her, planner, officer)
  await supposes(planner)
  if (phone) await reads(officer, as, server.data)
  await measures(officer, planner)
})

async function publishes(planner) {
  await planner.visit('/inventory/profiles/new')
  await planner.type(planner.page.getByLabel('Mã', { exact: true }), 'giai-doan-2')
  await planner.type(planner.page.getByLabel('Tên tiếng Việt'), 'Yêu cầu của giai đoạn 2')
  await planner.type(planner.page.getByLabel('Tên tiếng Anh'), 'What phase 2 asks for')
  await planner.page.locator('#main [name=phase]').selectOption('KH198/2')
  await planner.act(planner.page.getByRole('button', { name: 'Tạo bản dự thảo' }))
  await planner.says('Dự thảo')
  await planner.look()
  await planner.act(planner.page.locator('#main').getByRole('link', { name: 'Thêm yêu cầu' }))
  await planner.page.waitForURL(/\/lines\/new/)
  await planner.type(planner.page.locator('#main [name=code]'), 'man-hinh')
  await planner.page.locator('#main [name=max_age_days]').fill('90')
  await planner.look()
  await planner.act(planner.page.getByRole('button', { name: 'Lưu yêu cầu' }).last())
  await planner.says('man-hinh')
  await planner.act(planner.page.getByRole('link', { name: 'Xã nào đổi kết quả nếu công bố' }))
  await planner.page.waitForURL(/\/effect$/)
  await planner.look()
  await planner.act(planner.page.locator('#main').getByRole('button', { name: 'Công bố' }).first())
  await planner.says('Đã công bố')
  await planner.visit('/inventory/profiles')
  await planner.says('Yêu cầu của giai đoạn 2')
}

async function bringsTable(her) {
  await her.visit('/imports/inventory.assets')
  await her.page.locator('#main [name=pasted]').fill(table())
  await her.act(her.page.getByRole('button', { name: 'Xem trước' }))
  await her.says('17 trên 300 dòng')
  await her.says('4 trên 300 dòng')
  await her.says('9 trên 300 dòng')
  await her.says(/Ô B\d+: Không tìm thấy xã, phường này\./)
  await her.look()
  await her.act(her.page.locator('#main').getByRole('link', { name: /^Xung đột/ }).first())
  await her.page.locator('#main form button[name=choice]').first().waitFor() // each conflict is decided
  await her.look()
  await her.act(her.page.locator('#main button[name=choice]').first()) // for all of them
  await her.says('0 trên 300 dòng')
  await her.act(her.page.locator('#main').getByRole('button', { name: /^Chỉ ghi 283 dòng đúng/ }))
  await her.page.locator('dialog[open] form button[type=submit]').click()
  await her.says('đã ghi')
  await her.page.locator('#main [data-dialog=undo]').waitFor() // the whole import can be taken back
  await her.look()
}

async function weakMachines(thanhtri) {
  const address = await keyFor(thanhtri, '020')
  for (let i = 0; i < 5; i++) await report(address, { name: `TT-${i}`, serial: `TT198-${i}`, tag: '00646', ram: 1015, nr: 500 + i })
  await thanhtri.visit('/inventory/units/00646')
  const weak = thanhtri.page.locator('#main section').first().getByText(/RAM 1\.015 MB < 2\.048 MB, máy gửi 10\/11\/2016/)
  assert.equal(await weak.filter({ visible: true }).count(), 5, 'five computers are too weak, in words')
  await thanhtri.visit('/inventory/agents')
  await thanhtri.visit('/inventory/devices')
  await thanhtri.says('TT-0')
}

async function fromGapToRecord(her, planner, officer) {
  await her.visit('/inventory/gaps/new?unit=00556')
  await her.choose('kind', 'missing')
  await her.page.getByLabel('Loại thiết bị').selectOption('scanner')
  await her.type(her.page.getByLabel('Số lượng'), '2')
  await her.act(her.page.getByRole('button', { name: 'Gửi báo cáo' }))
  await her.says('Thiếu 2 máy quét')
  const others = ['00526', '00529', '00532', '00535', '00538', '00541', '00544', '00547', '00550', '00553']
  for (const [i, unit] of others.entries()) { // twelve more in ten communes
    await api(her, '/gaps', { unit, kind: 'missing', what: 'scanner', quantity: i < 2 ? '2' : '1', note: 'Máy quét cũ đã trả về huyện.' })
  }

  await her.visit('/inventory/supply')
  for (const box of await her.page.locator('#main input[name=pick][value^="gap:"]').all()) await her.tick(box)
  await her.page.locator('#main [name="price-must.scanner.buy."]').fill('9000000')
  await her.tick(her.page.locator('#main [name=own]'))
  await her.type(her.page.locator('#main [name=note]'), 'Huyện xin tự mua cho kịp.')
  await her.act(her.page.getByRole('button', { name: 'Gửi đề nghị' }))
  await her.says('Chờ duyệt')
  await her.look()
  const request = new URL(her.page.url()).pathname

  // of two scanners for one commune one is granted; the other communes get theirs
  await planner.visit(request)
  const two = planner.page.locator('#main tr', { hasText: 'Đặng Xá' }).locator('input[name^=approved]')
  await two.fill('1')
  await planner.act(planner.page.getByRole('button', { name: 'Phê duyệt' }))
  await planner.says('Hãy ghi lý do duyệt ít hơn hoặc không duyệt.')
  await planner.type(planner.page.locator('#main textarea[name=reason]'), 'Một máy điều chuyển từ nơi dư.')
  await two.fill('1')
  await planner.act(planner.page.getByRole('button', { name: 'Phê duyệt' }))
  await planner.says('Duyệt một phần')
  await planner.look()
  await movesSpares(planner, her, request)

  await her.visit(`${request}/allocate`)
  await her.page.locator('#main input[name^=buy]').fill('1')
  await her.type(her.page.locator('#main [name=supplier]'), 'Công ty FPT')
  await her.act(her.page.locator('#main').getByRole('button', { name: 'Phân bổ' }))
  await her.says('Đang mua')
  const delivery = await delivering(her, 'Đặng Xá')
  await her.type(her.page.locator('#main input[name^=name-]'), 'Canon DR-C225')
  await her.type(her.page.locator('#main textarea[name^=serials]'), 'SC-198-0001')
  await her.act(her.page.getByRole('button', { name: 'Lưu tên và số máy' }))
  await her.says('Canon DR-C225')
  await her.type(her.page.locator('#main [name=post]'), 'Chuyên viên')
  await her.act(her.page.getByRole('button', { name: 'Giao thiết bị' }))
  await her.says('Mã giao nhận')
  await her.look()

  await officer.visit(delivery)
  await officer.type(officer.page.locator('#main [name=post]'), 'Công chức bộ phận một cửa')
  await signature(officer)
  await officer.act(officer.page.getByRole('button', { name: 'Ký nhận' }))
  await officer.says('Đã ký nhận')
  await officer.visit(`${delivery}/record`)
  await officer.says(/BIÊN BẢN BÀN GIAO|Biên bản bàn giao/i)
  const paper = await officer.page.request.get(`${delivery}/record.pdf`)
  assert.equal((await paper.body()).subarray(0, 5).toString(), '%PDF-', 'the record prints')

  await planner.visit(delivery)
  await planner.look()
  const seen = planner.page.locator('#main input[type=checkbox][name=item]')
  for (const box of await seen.all()) await planner.tick(box)
  await planner.act(planner.page.locator('#main form[action$="/check"] button[type=submit]'))
  await planner.says('Đã kiểm chứng')
}

// delivering opens the newest delivery to a place and tells its address.
async function delivering(reader, place) {
  await reader.visit('/inventory/supply/deliveries')
  await reader.act(reader.page.locator('#main [data-href]', { hasText: place }).locator('a.lt-main-link').first())
  await reader.page.waitForURL(/\/deliveries\/[0-9a-f-]+$/)
  return new URL(reader.page.url()).pathname
}

// movesSpares lets twelve scanners of another district's store go to the communes, signed for once by the district.
async function movesSpares(planner, her, request) {
  await planner.visit(`${request}/allocate`)
  const spares = planner.page.locator('#main input[name=spare]')
  assert.equal(await spares.count(), 12, 'twelve scanners are spare elsewhere')
  for (const box of await spares.all()) await planner.tick(box)
  await planner.choose('to', 'district')
  await planner.act(planner.page.locator('#main').getByRole('button', { name: 'Phân bổ' }))
  await planner.page.waitForURL((url) => url.pathname === request)
  const delivery = await delivering(planner, 'Gia Lâm')
  await planner.act(planner.page.getByRole('button', { name: 'Đồng ý điều chuyển' }))
  await planner.type(planner.page.locator('#main [name=giver]'), 'Vũ Thu Trang')
  await planner.type(planner.page.locator('#main [name=post]'), 'Cán bộ kho')
  await planner.act(planner.page.getByRole('button', { name: 'Giao thiết bị' }))
  await planner.says('Mã giao nhận')
  await planner.look()
  await her.visit(delivery)
  await her.type(her.page.locator('#main [name=post]'), 'Phó Trưởng phòng')
  await signature(her)
  await her.act(her.page.getByRole('button', { name: 'Ký nhận' }))
  await her.says('Đã ký nhận')
  await her.visit(`${delivery}/record`)
  assert.equal(await her.page.locator('#main tbody tr').count(), 12, 'twelve scanners on one record')
}

async function supposes(planner) {
  await planner.visit('/inventory/what-if')
  const type = planner.page.locator('#main select[name=type]').first()
  const pc = await type.locator('option', { hasText: 'máy tính: theo bộ yêu cầu' }).getAttribute('value')
  await type.selectOption(pc)
  await planner.page.locator('#main input[name=n]').first().fill('40')
  await planner.act(planner.page.getByRole('button', { name: 'Tính' }))
  await planner.says('Thành sẵn sàng')
  await planner.says(/xã đã sẵn sàng từ trước/)
  await planner.look()
}

// measures: the router of the commune tells of yesterday and today, the browser at the counter once over a line of 1.2 Mbps.
async function measures(officer, planner) {
  const [line] = (await api(officer, '/lines')).items
  const tells = async (day, minutes) => {
    for (const minute of minutes) {
      const at = `${day}T${String(9 + Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}:00+07:00`
      await api(officer, `/lines/${line.id}/measurements`, { at, rtts_ms: [31, 33, 35, 40, 52], sent: 5, lost: 0, down_mbps: 1.2, up_mbps: 0.6 })
    }
  }
  await tells('2016-11-09', [0, 20, 40, 60, 80, 100, 120])
  await officer.visit('/inventory/lines/measure')
  const wire = await officer.page.context().newCDPSession(officer.page)
  await wire.send('Network.enable')
  await wire.send('Network.emulateNetworkConditions', { offline: false, latency: 20, downloadThroughput: 150_000, uploadThroughput: 75_000 })
  await officer.act(officer.page.getByRole('button', { name: 'Đo ngay' }))
  await officer.page.locator('#measure-results').getByText(/1,[12]\d* Mbps/).first().waitFor({ timeout: 60_000 })
  await wire.detach()
  await officer.look()

  await demoClock(planner, '2016-11-11T11:30')
  await tells('2016-11-10', [270, 290, 310, 330]) // within a day, in working hours
  await tells('2016-11-11', [0, 10, 20, 30, 40, 50, 60, 70, 80, 90])
  await demoClock(planner, '2016-11-11T13:30') // the figures are made
  await officer.visit('/inventory/units/00556')
  await officer.says(/không khớp về Tốc độ tải về: 4 .*1,2/) // what an inspector saw and what is measured
  await officer.says('Chưa đủ bằng chứng')
  await officer.says(/Tốc độ hợp đồng 8 Mbps/)
}

// reads: a label is printed, held before the phone's camera, and known.
async function reads(officer, as, folder) {
  const [printer] = (await api(officer, '/assets?unit=00556&kind=printer')).items
  const paper = await officer.page.request.post('/inventory/labels.pdf', { form: { asset: printer.id, sheet: '3x8', first: '1' } })
  assert.equal(paper.status(), 200, 'a label is printed')
  const browser = await launch({ camera: await seen(await paper.body(), folder, 70) })
  try {
    const he = await as('officer', { on: browser })
    await he.visit('/inventory/stocktakes/new')
    await he.act(he.page.locator('#main').getByRole('button', { name: 'Chốt danh sách và bắt đầu' }))
    await he.page.waitForURL(/\/field\/stocktakes\//)
    await he.act(he.page.locator('[data-kept-scan-start]'))
    await he.page.locator(`[data-kept-tags*="${printer.code}"][data-kept-done]`).waitFor() // ticked on the list, by the telephone
    await he.page.locator('[data-kept-item=sent]', { hasText: 'đúng danh sách.' }).waitFor() // and counted by the server
    await he.look()
    assert.equal(await he.page.locator('[data-kept-found]').innerText(), '1')
    assert.deepEqual(he.problems, [])
    he.problems.length = 0
  } finally {
    await browser.close()
  }
}
