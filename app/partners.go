package app

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/partners"
	"lotrinh/internal/wire"
)

// partnerSecrets is the variable by which the house hands the offices their secrets, a
// pair office=secret for each; partnerParent says that they end with their parent.
const (
	partnerSecrets = "PARTNER_SECRETS"
	partnerParent  = "PARTNER_PARENT"
)

// partnersCommand plays the offices outside until it is stopped, or until the house that
// started it is gone. It is for tests and for the demo, and listens on this machine only.
func partnersCommand(ctx context.Context, args []string, term Terminal) int {
	flags := flag.NewFlagSet("partners", flag.ContinueOnError)
	flags.SetOutput(term.Err)
	addr := flags.String("addr", "127.0.0.1:8199", "address to listen on, loopback only")
	file := flags.String("file", filepath.Join("data", "partners.db"), "file of the offices' own store")
	callback := flags.String("callback", "http://127.0.0.1:8198", "address of the house")
	if err := flags.Parse(args); err != nil {
		return exitUsage
	}
	if host, _, err := net.SplitHostPort(*addr); err != nil || !loopback(host) {
		fmt.Fprintln(term.Err, term.t.Say("app.partners.loopback"))
		return exitUsage
	}
	secrets, given := map[string]string{}, false
	for _, pair := range term.Environ {
		name, value, _ := strings.Cut(pair, "=")
		switch name {
		case partnerSecrets:
			given = true
			for one := range strings.SplitSeq(value, ";") {
				office, secret, _ := strings.Cut(one, "=")
				secrets[office] = secret
			}
		case partnerParent:
			var stop context.CancelFunc
			ctx, stop = context.WithCancel(ctx)
			go func() { _, _ = io.Copy(io.Discard, os.Stdin); stop() }() // ends when the parent does
		}
	}
	if !given {
		var err error
		if secrets, err = newSecrets(); err != nil {
			return term.failed(err)
		}
	}
	if err := playPartners(ctx, term, *addr, *file, *callback, secrets, !given); err != nil {
		return term.failed(err)
	}
	return exitOK
}

func newSecrets() (map[string]string, error) {
	out := map[string]string{}
	for _, office := range partners.Offices {
		secret, err := wire.NewSecret()
		if err != nil {
			return nil, err
		}
		out[office] = secret
	}
	return out, nil
}

// playPartners serves the offices; what must be set up by hand is told.
func playPartners(ctx context.Context, term Terminal, addr, file, callback string, secrets map[string]string, tell bool) error {
	words, err := Words()
	if err != nil {
		return err
	}
	p, err := partners.Open(ctx, partners.Config{File: file, Secrets: secrets, Callback: callback, Clock: clock.System{}, Log: term.log(0), Words: words,
		Receive: 2 * time.Second, Result: 8 * time.Second})
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", addr) //nolint:noctx // Serve closes it
	if err != nil {
		return errors.Join(err, p.Close())
	}
	fmt.Fprintln(term.Out, "http://"+l.Addr().String())
	if tell {
		for _, office := range partners.Offices {
			fmt.Fprintln(term.Out, office, "http://"+l.Addr().String()+"/api/"+office, secrets[office])
		}
	}
	return errors.Join(p.Serve(ctx, l), p.Close())
}

// outside are the offices that a demo has started beside itself.
type outside struct {
	cmd     *exec.Cmd
	stdin   io.WriteCloser
	url     string
	secrets map[string]string
}

// startPartners starts the offices as a process of their own on a free port of this
// machine. They end with this process, however it ends.
func startPartners(ctx context.Context, conf Config, term Terminal) (*outside, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	o := &outside{}
	if o.secrets, err = newSecrets(); err != nil {
		return nil, err
	}
	var pairs []string
	for office, secret := range o.secrets {
		pairs = append(pairs, office+"="+secret)
	}
	o.cmd = exec.CommandContext(ctx, program, "partners", "--addr", "127.0.0.1:0", "--file", filepath.Join(conf.Data, "partners.db"), "--callback", conf.BaseURL) //nolint:gosec // this program itself
	o.cmd.Env = append(os.Environ(), partnerParent+"=1", partnerSecrets+"="+strings.Join(pairs, ";"))
	o.cmd.Stderr = term.Err
	o.cmd.Cancel = func() error { return nil } // stop closes its input, and it ends by itself
	if o.stdin, err = o.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	said, err := o.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := o.cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(said).ReadString('\n')
	o.url = strings.TrimSpace(line)
	if u, perr := url.Parse(o.url); err != nil || perr != nil || u.Host == "" {
		return nil, errors.Join(fmt.Errorf("partners: %q", o.url), err, o.stop())
	}
	return o, nil
}

// stop lets the offices end and waits for them.
func (o *outside) stop() error { return errors.Join(o.stdin.Close(), o.cmd.Wait()) }

// host is where the offices listen.
func (o *outside) host() string { return strings.TrimPrefix(o.url, "http://") }

// gateway is the demo's gateway of text messages.
func (o *outside) gateway() string {
	return "http://demo:demo@" + o.host() + "/cgi-bin/sendsms?from=1022"
}

// connect points the house's connectors at the offices.
func (o *outside) connect(ctx context.Context, h *House) error {
	endpoint, source := map[string]string{}, map[string]string{}
	for _, office := range partners.Offices {
		endpoint[office], source[office] = o.url+"/api/"+office, partners.Source(office)
	}
	return h.Dossiers.Exchange.Connect(ctx, endpoint, source, o.secrets)
}
