// Everybody of the demo signs in by typing, sees a home page that reads well, and signs out again.
import assert from 'node:assert/strict'
import { accounts } from './lib/people.mjs'
import { story } from './lib/story.mjs'

story('every person of the demo comes in and finds a home page', async ({ guest, as }) => {
  const stranger = await guest()
  await stranger.visit('/sign-in')
  const all = await accounts(stranger.page)
  assert.ok(all.length >= 14, `the sign-in page offers ${all.length} accounts`)
  for (const account of all) {
    const reader = await as(account)
    await reader.look()
    assert.equal(await reader.page.locator('h1').count(), 1, `${account}: one heading of the first rank`)
    await reader.page.context().close()
  }
})

story('a wrong password is refused in words, and the name stays typed', async ({ guest }) => {
  const { page, problems } = await guest()
  await page.goto('/sign-in')
  const name = page.locator('input[name=login]:not([type=hidden])')
  await name.fill('planner')
  await page.locator('input[name=password]:not([type=hidden])').fill('not-this-one')
  await page.keyboard.press('Enter')
  await page.locator('[role=alert]').first().waitFor()
  assert.equal(await name.inputValue(), 'planner')
  assert.equal(await page.locator('input[name=password]:not([type=hidden])').inputValue(), '')
  assert.deepEqual(problems, [])
}, { at: [1440] })

story('whoever is not signed in is asked to, and lands where they wanted', async ({ guest }) => {
  const reader = await guest()
  await reader.page.goto('/account')
  assert.equal(new URL(reader.page.url()).pathname, '/sign-in')
  const typed = reader.page.locator('input[name=login]:not([type=hidden])')
  await typed.fill('planner')
  await reader.page.locator('input[name=password]:not([type=hidden])').fill('lotrinh-2016')
  await typed.press('Enter')
  await reader.page.waitForURL('**/account')
  await reader.look()
}, { at: [390] })
