package db

import (
	"context"
	"database/sql"
	"log/slog"
	"time"
)

// SQLite first writes what was committed into its log and later, at a checkpoint, page by
// page into the file, wherever the pages lie: in a store of gigabytes that takes the disk a
// tenth of a second and more. Left to SQLite, every thousandth page makes somebody's commit
// wait for it, and with it all who share the next commit.
const (
	// gather is how long commits come together before a checkpoint.
	gather = time.Second
	// mostLog is how many pages the log may hold before a commit does the checkpoint itself:
	// only when the keeper cannot keep up.
	mostLog = 16_000
)

// keeper brings what was committed into the file, on a connection of its own and beside
// those who read and write.
type keeper struct {
	db   *sql.DB
	log  *slog.Logger
	due  chan struct{}
	end  chan struct{}
	over chan struct{}
}

func startKeeper(db *sql.DB, log *slog.Logger) *keeper {
	db.SetMaxOpenConns(1)
	k := &keeper{db: db, log: log, due: make(chan struct{}, 1), end: make(chan struct{}), over: make(chan struct{})}
	go k.loop()
	return k
}

// saved says that something was committed.
func (k *keeper) saved() {
	select {
	case k.due <- struct{}{}:
	default: // it knows
	}
}

func (k *keeper) loop() {
	defer close(k.over)
	wait := time.NewTimer(gather)
	defer wait.Stop()
	for {
		select {
		case <-k.end:
			return
		case <-k.due:
		}
		wait.Reset(gather)
		select {
		case <-k.end:
			return
		case <-wait.C:
		}
		if err := k.checkpoint(context.Background()); err != nil {
			k.log.Error("checkpoint failed", "cause", err.Error())
		}
	}
}

// checkpoint brings what nobody reads from the log any more into the file; it waits for
// nobody.
func (k *keeper) checkpoint(ctx context.Context) error {
	_, err := k.db.ExecContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)")
	return err
}

// stop ends the keeper; closing the last connection does the last checkpoint.
func (k *keeper) stop() error {
	close(k.end)
	<-k.over
	return k.db.Close()
}
