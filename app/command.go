package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"runtime/debug"
	"slices"
	"strings"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/worktime/duecmd"
)

// Exit codes of the commands.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// Terminal is where a command speaks.
type Terminal struct {
	Out, Err io.Writer
	Environ  []string
	Alone    bool // the process is this command's: it may set what holds for all of it
	t        i18n.T
}

func (t Terminal) say(key string, pairs ...any) { fmt.Fprintln(t.Out, t.t.Say(key, pairs...)) }

// command is one word behind the program's name.
type command func(ctx context.Context, args []string, term Terminal) int

var commands = map[string]command{
	"serve":     serve,
	"migrate":   migrateCommand,
	"backup":    backupCommand,
	"restore":   restoreCommand,
	"check":     checkCommand,
	"import":    importCommand,
	"user":      userCommand,
	"token":     tokenCommand,
	"cti-token": ctiTokenCommand,
	"agent-key": agentKeyCommand,
	"mail":      mailCommand,
	"partners":  partnersCommand,
	"plan":      planCommand,
	"figures":   figuresCommand,
	"due": func(_ context.Context, args []string, term Terminal) int {
		return duecmd.Run(args, term.Out, term.Err, term.t)
	},
	"version": func(_ context.Context, _ []string, term Terminal) int {
		fmt.Fprintln(term.Out, "lotrinh", Version())
		return exitOK
	},
}

// Command runs the command that args name and returns the exit code. It ends early
// when ctx does.
func Command(ctx context.Context, args []string, term Terminal) int {
	words, err := Words()
	if err != nil {
		fmt.Fprintln(term.Err, err)
		return exitFailed
	}
	term.t = words.In(language(term.Environ))
	known := strings.Join(slices.DeleteFunc(slices.Sorted(maps.Keys(commands)), func(name string) bool { return name == "partners" }), ", ") // it is for tests and for the demo
	if len(args) == 0 {
		fmt.Fprintln(term.Err, term.t.Say("app.command.usage", "known", known))
		return exitUsage
	}
	run, ok := commands[args[0]]
	if !ok {
		fmt.Fprintln(term.Err, term.t.Say("app.command.unknown", "name", args[0], "known", known))
		return exitUsage
	}
	return run(ctx, args[1:], term)
}

// language is English for a terminal that asks for it, else Vietnamese.
func language(environ []string) i18n.Lang {
	for _, name := range []string{"LC_ALL=", "LC_MESSAGES=", "LANG="} {
		for _, pair := range environ {
			if v, is := strings.CutPrefix(pair, name); is && v != "" {
				if strings.HasPrefix(v, "en") {
					return i18n.EN
				}
				return i18n.VI
			}
		}
	}
	return i18n.VI
}

// Version is the module's version, or the commit that was built.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return s.Value[:12]
		}
	}
	return info.Main.Version
}

func (t Terminal) failed(err error) int {
	f := fault.Of(err)
	if f.Kind == fault.Internal {
		fmt.Fprintln(t.Err, err)
		return exitFailed
	}
	fmt.Fprintln(t.Err, t.t.Say(f.Key, f.Args...))
	for _, one := range f.Fields {
		fmt.Fprintf(t.Err, "  %s: %s\n", one.Name, t.t.Say(one.Key, one.Args...))
	}
	return exitFailed
}

func (t Terminal) log(level slog.Level) *slog.Logger {
	return slog.New(slog.NewJSONHandler(t.Err, &slog.HandlerOptions{Level: level}))
}

// withHouse reads the settings, opens the house and closes it again: the frame of a
// command that works beside a running server.
func withHouse(ctx context.Context, name string, args []string, term Terminal, do func(h *House, rest []string) error) int {
	conf, rest, err := ReadConfig(name, args, term.Environ)
	if err != nil {
		fmt.Fprintln(term.Err, err)
		return exitUsage
	}
	h, err := Open(ctx, conf, clock.System{}, term.log(slog.LevelWarn))
	if err != nil {
		return term.failed(err)
	}
	err = do(h, rest)
	if cerr := h.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return term.failed(err)
	}
	return exitOK
}

func migrateCommand(ctx context.Context, args []string, term Terminal) int {
	return withHouse(ctx, "migrate", args, term, func(h *House, _ []string) error {
		term.say("app.migrated", "n", len(h.migrated))
		return nil
	})
}

func serve(ctx context.Context, args []string, term Terminal) int {
	conf, _, err := ReadConfig("serve", args, term.Environ)
	if err != nil {
		fmt.Fprintln(term.Err, err)
		return exitUsage
	}
	if err := serveUntil(ctx, conf, term); err != nil {
		return term.failed(err)
	}
	return exitOK
}

// serveUntil serves until ctx ends. A demo has the offices outside beside it.
func serveUntil(ctx context.Context, conf Config, term Terminal) (err error) {
	l, conf, err := Listen(conf)
	if err != nil {
		return err
	}
	if term.Alone {
		if err := spool(conf.Data, term.Environ); err != nil {
			return errors.Join(err, l.Close())
		}
	}
	var beside *outside
	if conf.Demo {
		if beside, err = startPartners(context.WithoutCancel(ctx), conf, term); err != nil {
			return errors.Join(err, l.Close())
		}
		defer func() { err = errors.Join(err, beside.stop()) }()
		conf.ExchangeHosts = strings.Trim(conf.ExchangeHosts+","+beside.host(), ",")
		if conf.SMSURL == "" {
			conf.SMSURL = beside.gateway()
		}
	}
	a, err := Start(ctx, conf, l, clock.System{}, term.log(slog.LevelInfo))
	if err != nil {
		return err
	}
	if beside != nil {
		if err := beside.connect(ctx, a.House); err != nil {
			return errors.Join(err, a.Stop())
		}
	}
	term.say("app.ready", "url", a.URL())
	if beside != nil {
		term.say("partners.ready", "url", beside.url)
	}
	<-ctx.Done()
	return a.Stop()
}
