// Story 4: leadership looks at the overview, downloads the weekly report, and finds the one that was made by itself
// on Monday morning, frozen.
import assert from 'node:assert/strict'
import { demoClock, story } from './lib/story.mjs'

/** pdfs are the addresses of the reports in the list, the newest first. */
const pdfs = (reader) => reader.page.locator('#main a[href$="/report.pdf"]').evaluateAll((links) => links.map((link) => link.getAttribute('href')))

/** fetched is the file behind an address, with the reader's session. */
async function fetched(reader, address) {
  const answer = await reader.page.request.get(address)
  assert.equal(answer.status(), 200)
  return answer.body()
}

story('story 4: leadership reads the overview and takes the weekly report along, which never changes', async ({ as }) => {
  const leader = await as('leadership')
  await leader.look()
  await leader.visit('/overview')
  for (const words of [/109/, /139/, /416/, 'Phiếu hỗ trợ quá hạn']) await leader.says(words)
  assert.ok((await leader.page.locator('#main figure').count()) >= 3, 'curve, districts and tiles are charts')

  await leader.visit('/reports')
  const before = await pdfs(leader)
  assert.ok(before.length > 0, 'the demo has a weekly report')
  const first = await fetched(leader, before[0])
  assert.equal(first.subarray(0, 5).toString(), '%PDF-')

  // Monday 14/11/2016 at 07:30 the next one is made by itself; the first stays as it was, to the byte
  await demoClock(leader, '2016-11-14T07:31')
  for (let tries = 0; (await pdfs(leader)).length <= before.length; tries++) {
    assert.ok(tries < 200, 'no report was made by itself')
    await leader.page.goto('/reports', { waitUntil: 'networkidle' })
  }
  assert.deepEqual(await fetched(leader, before[0]), first)
  await leader.look()
})
