// Plays an exchange: makes its secret by the command, as an administrator would, and tells of calls as a bridge does.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { fileURLToPath } from 'node:url'

const run = promisify(execFile)
const root = resolve(fileURLToPath(import.meta.url), '../../..')

/** exchange connects an exchange to a server of startServer and answers {call}. */
export async function exchange(server, name = 'Tổng đài 1022', binary = process.env.LOTRINH_BIN ?? join(root, 'bin', 'lotrinh')) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith('LOTRINH_')))
  const { stdout } = await run(resolve(binary), ['cti-token', 'create', '--name', name, '--data', server.data], { cwd: server.data, env })
  const token = stdout.trim().split('\n').at(-1)
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
