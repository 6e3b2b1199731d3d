// What a camera sees: a page of a PDF, held before it.
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const width = 640
const height = 480

/** seen writes the top left corner of a PDF's first page, so many millimetres wide, as a film of one picture for a camera. */
export async function seen(pdf, folder, millimetres) {
  const paper = join(folder, 'paper.pdf')
  const picture = join(folder, 'picture')
  await writeFile(paper, pdf)
  const dpi = Math.round((width / millimetres) * 25.4)
  const cut = ['-x', '0', '-y', '0', '-W', String(width), '-H', String(height)]
  await promisify(execFile)('pdftoppm', ['-gray', '-singlefile', '-f', '1', '-l', '1', '-r', String(dpi), ...cut, paper, picture])
  const grey = (await readFile(`${picture}.pgm`)).subarray(-width * height)
  const film = join(folder, 'camera.y4m')
  const colours = Buffer.alloc((width * height) / 2, 128) // none
  await writeFile(film, Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\nFRAME\n`), grey, colours]))
  return film
}
