// What a visit costs on the wire: the first one (signing in and the overview together) at most 120 KB, a later page at
// most 20 KB, its charts included. Counted by the browser, compressed as sent. After it the process has never held more
// memory than it may.
import assert from 'node:assert/strict'
import { countBytes } from './lib/browser.mjs'
import { signIn } from './lib/people.mjs'
import { highest, roof } from './lib/server.mjs'
import { story } from './lib/story.mjs'

const first = 120 * 1024
const later = 20 * 1024

const sum = (rows) => rows.reduce((bytes, row) => bytes + row.bytes, 0)
const list = (rows) => rows.map((row) => `${row.bytes} ${row.url}`).join('\n')

story('the first visit costs at most 120 KB and a later page at most 20 KB', async ({ guest, server }) => {
  const { page } = await guest()
  const wire = await countBytes(page)
  await signIn(page, 'leadership')
  await page.goto('/overview', { waitUntil: 'networkidle' })
  const visit = wire.take()
  assert.ok(sum(visit) <= first, `the first visit costs ${sum(visit)} bytes:\n${list(visit)}`)
  for (const path of ['/', '/overview', '/reports', '/rollout', '/rollout/board', '/rollout/districts/018', '/rollout/units/00556', '/inventory', '/inventory/gaps', '/tickets', '/account']) {
    await page.goto(path, { waitUntil: 'networkidle' })
    const rows = wire.take()
    assert.ok(rows.length > 0 && sum(rows) <= later, `${path} costs ${sum(rows)} bytes:\n${list(rows)}`)
  }
  const held = await highest(server)
  assert.ok(held <= roof, `the process held ${held} MB`)
})
