// Tells the demo into the empty folder that is named, for many processes to copy: node e2e/lib/tell.mjs FOLDER
import { tellDemo } from './server.mjs'

await tellDemo(process.argv[2])
