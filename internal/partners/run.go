package partners

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"
)

// round is how often the offices look whether they have something to send.
const round = 300 * time.Millisecond

// Serve answers on l and sends what is due until ctx ends.
func (p *Program) Serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{Handler: p.Handler(), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 60 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	tick := time.NewTicker(round)
	defer tick.Stop()
	for {
		select {
		case err := <-ended:
			return err
		case <-ctx.Done():
			left, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			err := server.Shutdown(left)
			if serr := <-ended; !errors.Is(serr, http.ErrServerClosed) {
				err = errors.Join(err, serr)
			}
			return err
		case <-tick.C:
			p.send(ctx)
		}
	}
}

// send is one round; what fails comes again in the next.
func (p *Program) send(ctx context.Context) {
	_, err := p.Deliver(ctx)
	if err = errors.Join(err, p.Report(ctx)); err != nil && ctx.Err() == nil {
		p.Log.Error("offices cannot send", "cause", err.Error())
	}
}
