package agent

import "strings"

// probe reads the answer of a network task. What only says that the task began, counted
// or ended has no devices.
func (b *builder) probe() *Probe {
	p := &Probe{Process: b.only("PROCESSNUMBER"), Phase: Found}
	if a := b.sections["AGENT"]; a != nil && len(a.list) > 0 {
		switch e := a.list[0]; {
		case e.get("START") != "":
			p.Phase = Started
		case e.get("END", "EXIT") != "":
			p.Phase = Ended
		case e.get("NBIP") != "":
			p.Phase = Counted
		}
	}
	if d := b.sections["DEVICE"]; d != nil {
		for _, e := range d.list {
			p.Devices = append(p.Devices, deviceOf(e))
		}
	}
	return p
}

func deviceOf(e entry) Device {
	if why := e.get("ERROR/MESSAGE", "ERROR/ID"); why != "" {
		return Device{Error: why}
	}
	return Device{Type: strings.ToUpper(e.get("INFO/TYPE", "TYPE")), Name: e.get("INFO/NAME", "SNMPHOSTNAME", "DNSHOSTNAME", "NETBIOSNAME"),
		Manufacturer: e.get("INFO/MANUFACTURER", "MANUFACTURER"), Model: e.get("INFO/MODEL", "MODEL"), Serial: e.get("INFO/SERIAL", "SERIAL"),
		MAC: macOf(e.get("INFO/MAC", "MAC")), IP: e.get("IP", "INFO/IPS/IP", "IPS/IP"), Firmware: e.get("INFO/FIRMWARE", "FIRMWARE", "FIRMWARES/VERSION"),
		Description: e.get("INFO/COMMENTS", "DESCRIPTION"), Location: e.get("INFO/LOCATION", "LOCATION"), Pages: count(e.get("PAGECOUNTERS/TOTAL"))}
}
