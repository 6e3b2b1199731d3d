package httpx

import (
	"context"
	"io"
	"strings"
	"sync/atomic"
	"testing"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/testkit"
)

func TestTheAnswerOfACreationIsWrittenWithIt(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		var commits, updates atomic.Int64
		d.Watch(func(_ context.Context, query string, _ error) {
			if query == "COMMIT" {
				commits.Add(1)
			}
			if strings.HasPrefix(query, "UPDATE") {
				updates.Add(1)
			}
		})
		s := edge(t, d)
		made := 0
		s.API(Op{Method: "POST", Path: "/api/v1/quick", ID: "createQuick", Tag: "things", In: thing{}, Out: thing{}, Status: 201, Creates: true}, func(c *Ctx) error {
			in, err := ReadJSON[thing](c)
			if err != nil {
				return err
			}
			var name string
			c.Creates(func() Creation { return Creation{"/api/v1/things/" + name, 1, thing{name}} })
			err = d.InTx(c.Std(), func(ctx context.Context, tx *db.Tx) error {
				made++
				name = in.Name + "<1>" // known only once it is made
				_, err := tx.NewRaw("INSERT INTO inbox (source, message, at) VALUES ('t', ?, ?)", name, clock.System{}.Now()).Exec(ctx)
				return db.Sorted(err)
			})
			if err != nil {
				return err
			}
			return c.Made()
		})
		var first string
		for range 3 {
			res := call(t, s, "POST", "/api/v1/quick", `{"name":"a"}`, "Authorization", "Bearer good", "Idempotency-Key", "k1")
			body, err := io.ReadAll(res.Body)
			if err != nil || res.StatusCode != 201 || res.Header.Get("Location") != "/api/v1/things/a<1>" {
				t.Fatalf("%d %s %v", res.StatusCode, body, err)
			}
			if first == "" {
				first = string(body)
			}
			if string(body) != first {
				t.Errorf("the answer was %s, sent again it is %s", first, body)
			}
		}
		if made != 1 || commits.Load() != 1 || updates.Load() != 0 {
			t.Errorf("made %d times in %d commits with %d updates, want one of each and none", made, commits.Load(), updates.Load())
		}
	})
}
