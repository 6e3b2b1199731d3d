// Runs a command of the binary beside a running server, as an administrator would.
import { execFile } from 'node:child_process'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { fileURLToPath } from 'node:url'

const run = promisify(execFile)
const root = resolve(fileURLToPath(import.meta.url), '../../..')

/** command answers the last line that `lotrinh …args --data FOLDER` prints: the token, where one is made. */
export async function command(server, ...args) {
  const binary = resolve(process.env.LOTRINH_BIN ?? join(root, 'bin', 'lotrinh'))
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith('LOTRINH_')))
  const { stdout } = await run(binary, [...args, '--data', server.data], { cwd: server.data, env })
  return stdout.trim().split('\n').at(-1)
}
