// People of the demo sign in at its sign-in page, which lists every account with its password.

/** signIn types the account's name and password, as a person would, and waits for the home page. */
export async function signIn(page, account) {
  await page.goto('/sign-in')
  // one account per role is offered; all of the demo have the same password
  const password = await page.locator('form:has(input[type=hidden][name=login]) input[name=password]').first().getAttribute('value')
  const typed = page.locator('input[name=login]:not([type=hidden])')
  await typed.fill(account)
  await page.locator('input[name=password]:not([type=hidden])').fill(password)
  await typed.press('Enter')
  await page.waitForURL((url) => url.pathname !== '/sign-in')
}

/** accounts are the names that the demo's sign-in page offers. */
export function accounts(page) {
  return page.locator('form input[type=hidden][name=login]').evaluateAll((inputs) => inputs.map((input) => input.value))
}
