// Inventories as agents of computers send them, for stories; nothing in them is a real machine's.

/** inventory is the XML that a FusionInventory agent would send of a computer with Windows 7. */
export function inventory({ name, serial, tag, ram = 4096, mhz = 2400, nr = 0 }) {
  const id = String(nr).padStart(12, '0')
  return `<?xml version="1.0" encoding="UTF-8"?>
<REQUEST><CONTENT>
<ACCOUNTINFO><KEYNAME>TAG</KEYNAME><KEYVALUE>${tag}</KEYVALUE></ACCOUNTINFO>
<BIOS><SMANUFACTURER>Dell Inc.</SMANUFACTURER><SMODEL>OptiPlex 3020</SMODEL><SSN>${serial}</SSN></BIOS>
<HARDWARE><NAME>${name}</NAME><MEMORY>${ram}</MEMORY><OSNAME>Microsoft Windows 7 Professional</OSNAME><OSVERSION>6.1.7601</OSVERSION><UUID>4C4C4544-0031-3010-8031-${id}</UUID></HARDWARE>
<OPERATINGSYSTEM><NAME>Windows</NAME><KERNEL_VERSION>6.1.7601</KERNEL_VERSION><ARCH>64-bit</ARCH></OPERATINGSYSTEM>
<CPUS><NAME>Intel(R) Core(TM) i3-4150 CPU @ 3.50GHz</NAME><SPEED>${mhz}</SPEED><CORE>2</CORE></CPUS>
<DRIVES><LETTER>C:</LETTER><TYPE>Local Disk</TYPE><SYSTEMDRIVE>1</SYSTEMDRIVE><TOTAL>120000</TOTAL><FREE>41000</FREE></DRIVES>
<VERSIONCLIENT>FusionInventory-Agent_v2.6-3</VERSIONCLIENT>
</CONTENT><DEVICEID>${name}-2016-08-15-08-00-00</DEVICEID><QUERY>INVENTORY</QUERY></REQUEST>`
}

/** report sends an inventory to the secret address of a key, as an agent does, and wants it taken. */
export async function report(address, machine) {
  const answer = await fetch(address, { method: 'POST', headers: { 'Content-Type': 'application/xml' }, body: inventory(machine) })
  const said = await answer.text()
  if (answer.status !== 200 || !said.includes('<REPLY>')) throw new Error(`${address} answers ${answer.status}: ${said}`)
}
