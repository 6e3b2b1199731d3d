package intake

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/org"
	"lotrinh/inventory"
	"lotrinh/inventory/agent"
)

// Keys is the right to admit agents and to take their keys away again.
const Keys access.Perm = "inventory.agent.key"

// DefaultSilent is after how many days without a report an agent is silent.
const DefaultSilent = 14

// Deps is what this room stands on.
type Deps struct {
	DB       *db.DB
	Business clock.Clock
	Units    inventory.Units
	Words    *i18n.Catalog
	Log      *slog.Logger
	Equip    *inventory.Service
	Keeper   inventory.Keeper
	BaseURL  string // the address that people and agents use
	Silent   int    // days; 0 means DefaultSilent
	Most     int64  // bytes of a decoded body; 0 means agent.MostBytes
}

// Service takes in what agents and files bring.
type Service struct {
	Deps
	decoder *agent.Decoder
	turned  turned
	counted counted
}

// New is the room over its neighbours.
func New(d Deps) *Service {
	if d.Silent <= 0 {
		d.Silent = DefaultSilent
	}
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{Deps: d, decoder: agent.NewDecoder(d.Most), turned: turned{all: map[refusalKey]*refusal{}}, counted: counted{n: map[Result]int64{}}}
}

func (s *Service) tree(ctx context.Context) (*org.Tree, error) {
	return s.Units.Tree(ctx, s.Business.Now())
}

// silence is for how long an agent may say nothing.
func (s *Service) silence() time.Duration { return time.Duration(s.Silent) * 24 * time.Hour }

// counted are the messages of this process by what became of them, for the metrics.
type counted struct {
	mu sync.Mutex
	n  map[Result]int64
}

func (c *counted) add(r Result) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n[r]++
}

// Count is how many messages of agents and files had this result since the start.
func (s *Service) Count(r Result) int64 {
	s.counted.mu.Lock()
	defer s.counted.mu.Unlock()
	return s.counted.n[r]
}
