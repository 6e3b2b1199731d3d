// Starts the built binary with the demo on a free port and a folder of its own, and takes both away again. The demo is
// told once: every server begins with a copy of the same folder, at the same moment of the demo's clock.
import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(fileURLToPath(import.meta.url), '../../..')
const patience = 180_000

/** The folder where pictures of failures go. */
export const outFolder = join(root, 'e2e', 'out')

/** startServer answers {origin, stop, log}; origin is ready to be asked. Settings are those of the environment. */
export async function startServer(binary, settings) {
  const data = await mkdtemp(join(tmpdir(), 'lotrinh-e2e-'))
  await cp(await (process.env.LOTRINH_DEMO ?? told(binary)), data, { recursive: true })
  return serve(data, binary, settings)
}

let once
const told = (binary) => (once ??= mkdtemp(join(tmpdir(), 'lotrinh-demo-')).then((folder) => {
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return tellDemo(folder, binary)
}))

/** What the process may hold in memory with the demo, in MB. */
export const roof = 150

/** highest is the most memory that a server has held so far, in MB, as the system counts it. */
export async function highest(server) {
  const status = await readFile(`/proc/${server.pid}/status`, 'utf8')
  return Math.round(Number(status.match(/VmHWM:\s+(\d+) kB/)[1]) / 1024)
}

/** resident is the memory that a server holds now, in MB. */
async function resident(server) {
  const status = await readFile(`/proc/${server.pid}/status`, 'utf8')
  return Math.round(Number(status.match(/VmRSS:\s+(\d+) kB/)[1]) / 1024)
}

/** tellDemo leaves the demo in an empty folder, closed in peace, and answers the folder. */
export async function tellDemo(folder, binary) {
  const server = await serve(folder, binary)
  const held = await resident(server)
  if (held > roof) throw new Error(`with the demo just told the server holds ${held} MB of memory, ${roof} are allowed`)
  const code = await server.close()
  if (code !== 0) throw new Error(`the server that told the demo ended with ${code}:\n${server.log()}`)
  return folder
}

async function serve(data, binary = process.env.LOTRINH_BIN ?? join(root, 'bin', 'lotrinh'), settings = {}) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('LOTRINH_')))
  const child = spawn(resolve(binary), ['serve', '--demo', '--addr', '127.0.0.1:0', '--data', data], { cwd: data, env: { ...env, ...settings } })
  const log = []
  const gone = new Promise((done) => child.once('exit', done).once('error', done))
  const orphan = () => child.kill('SIGKILL')
  process.once('exit', orphan)
  gone.then(() => process.off('exit', orphan))

  async function close() {
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
    const code = await gone
    clearTimeout(timer)
    return code
  }
  async function stop() {
    await close()
    await rm(data, { recursive: true, force: true })
  }

  try {
    const origin = await new Promise((found, failed) => {
      const take = (chunk) => {
        log.push(String(chunk))
        const address = log.join('').match(/http:\/\/(?:127\.0\.0\.1|localhost|\[::1\]):\d+/)
        if (address) found(address[0])
      }
      child.stdout.on('data', take)
      child.stderr.on('data', take)
      child.once('error', failed)
      gone.then((code) => failed(new Error(`the server ended with ${code}:\n${log.join('')}`)))
      setTimeout(() => failed(new Error(`no address printed:\n${log.join('')}`)), patience).unref()
    })
    await ready(origin)
    return { origin, stop, close, data, pid: child.pid, log: () => log.join('') }
  } catch (error) {
    await stop()
    throw error
  }
}

async function ready(origin) {
  const until = Date.now() + patience
  for (;;) {
    const answer = await fetch(`${origin}/readyz`).catch(() => null)
    if (answer?.ok) return
    if (Date.now() > until) throw new Error(`${origin}/readyz answers ${answer?.status ?? 'nothing'}`)
    await new Promise((again) => setTimeout(again, 50))
  }
}
