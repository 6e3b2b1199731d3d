// Plays an exchange: makes its secret by the command, as an administrator would, and tells of calls as a bridge does.
import assert from 'node:assert/strict'
import { command } from './command.mjs'

/** exchange connects an exchange to a server of startServer and answers {call}. */
export async function exchange(server, name = 'Tổng đài 1022') {
  const token = await command(server, 'cti-token', 'create', '--name', name)
  let calls = 0

  /** call begins a call: from and to are numbers, direction "in" or "out"; further fields as in the contract. */
  async function call({ from, to = '1022', direction = 'in', ...more }) {
    const callId = `call-${++calls}`
    const tell = async (event, fields = {}) => {
      const answer = await fetch(`${server.origin}/api/v1/cti/${token}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ event, from, to, direction, callId, ...more, ...fields }),
      })
      assert.equal(answer.status, 200, `${event} answers ${answer.status}`)
      return answer.json()
    }
    const said = await tell('newCall')
    return {
      said,
      answer: (answeringNumber) => tell('answer', { answeringNumber }),
      hangUp: (cause = 'normalClearing') => tell('hangup', { cause }),
      again: tell,
    }
  }
  return { token, call }
}
