package app

import (
	"context"
	"math"
	"runtime/debug"
	measured "runtime/metrics"
)

// leastMemory is the soft limit under which the collector lets the heap grow at its own
// pace. Proving a password takes 19 MB for a moment; without a limit a dozen sign-ins
// keep that much each until the next collection.
const leastMemory = 96 << 20

// saveMemory sets the collector's soft limit at start and follows what is really alive,
// so that a big city never makes the collector run in circles. A limit that the
// administrator set with GOMEMLIMIT stays as it is.
func (a *App) saveMemory(context.Context) error {
	if now := debug.SetMemoryLimit(-1); now != math.MaxInt64 && now != a.memory.Load() {
		return nil
	}
	live := []measured.Sample{{Name: "/gc/heap/live:bytes"}}
	measured.Read(live)
	alive := int64(live[0].Value.Uint64()) //nolint:gosec // no heap has 2^63 bytes
	limit := max(leastMemory, alive+alive/2)
	a.memory.Store(limit)
	debug.SetMemoryLimit(limit)
	return nil
}
