// The offices outside that the demo plays, and the telephones that it shows: what a story asks of them.

/** outside(server) answers {origin, code} of the offices beside a server. */
export async function outside(server) {
  const origin = await until(() => server.log().match(/http:\/\/\S+/g)?.find((one) => one !== server.origin && /^http:\/\/127\.0\.0\.1:\d+$/.test(one)))
  const read = {}
  return {
    origin,
    /** code waits for a one-time code that this telephone has not shown yet. */
    code: async (number) => until(async () => {
      const page = await (await fetch(`${origin}/phone?number=${number}`)).text()
      const texts = page.replace(/^[\s\S]*<main/, '').replace(/<[^>]*>/g, ' ')
      const code = [...texts.matchAll(/(?<![\d.:/#-])(\d{6})(?!\d)/g)].map((m) => m[1]).find((one) => !(read[number] ??= new Set()).has(one))
      if (code) read[number].add(code)
      return code
    }),
  }
}

async function until(ask) {
  for (let i = 0; i < 240; i++) {
    const found = await ask()
    if (found) return found
    await new Promise((again) => setTimeout(again, 250))
  }
  throw new Error('the offices outside never answered')
}
