// The offices outside that the demo plays, and the telephones that it shows: what a story asks of them.

/** outside(server) answers {origin, code, told, tell} of the offices beside a server. */
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
    /** told waits for a text message with these words on a telephone, and answers how many there are. */
    told: async (number, words) => {
      const shown = async () => (await (await fetch(`${origin}/phone?number=${number}`)).text()).replace(/^[\s\S]*<main/, '').replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')
      await until(async () => plain(await shown()).includes(plain(words))).catch(async () => { throw new Error(`${number} is not told "${words}": ${await shown()}`) })
      return plain(await shown()).split(plain(words)).length - 1
    },
    /** tell makes an office behave otherwise from now on: {down: seconds, asks: 1}; {} is as it should. */
    tell: async (office, mood) => {
      const answer = await fetch(`${origin}/offices/${office}/mood`, { method: 'POST', body: new URLSearchParams(mood), redirect: 'manual' })
      if (answer.status !== 303) throw new Error(`${office} cannot be told: ${answer.status}`)
    },
  }
}

/** plain is a text without Vietnamese marks, as text messages are sent. */
const plain = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/g, 'd').replace(/Đ/g, 'D')

async function until(ask) {
  for (let i = 0; i < 240; i++) {
    const found = await ask()
    if (found) return found
    await new Promise((again) => setTimeout(again, 250))
  }
  throw new Error('the offices outside never answered')
}
