package device

import "lotrinh/internal/kit/ident"

// Doubtful says that a device may be an asset that is known, and a person must look.
type Doubtful struct {
	Doubt  ident.ID `json:"doubt"`
	Device ident.ID `json:"device"`
	Asset  ident.ID `json:"asset"` // the best match
	Unit   string   `json:"unit"`
}

// Topic is the event's name.
func (Doubtful) Topic() string { return "inventory.device.doubt" }

// Subject is the device.
func (e Doubtful) Subject() string { return "device:" + string(e.Device) }

// SeenElsewhere says that an asset was seen in another commune than its own.
type SeenElsewhere struct {
	Sighting ident.ID `json:"sighting"`
	Asset    ident.ID `json:"asset"`
	Unit     string   `json:"unit"`
	SeenUnit string   `json:"seen_unit"`
}

// Topic is the event's name.
func (SeenElsewhere) Topic() string { return "inventory.device.elsewhere" }

// Subject is the asset.
func (e SeenElsewhere) Subject() string { return "asset:" + string(e.Asset) }
