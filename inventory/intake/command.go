package intake

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/page"
)

// KeyCommand makes, lists and revokes the keys of agents at the machine. create prints
// user:password and the secret path, each on a line of its own.
func (s *Service) KeyCommand(ctx context.Context, t i18n.T, args []string, out io.Writer) error {
	usage := fault.New(fault.Invalid, "intake.key.usage")
	if len(args) == 0 {
		return usage
	}
	f := flag.NewFlagSet("agent-key", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	unit, note := f.String("unit", "", ""), f.String("note", "", "")
	if err := f.Parse(args[1:]); err != nil {
		return usage
	}
	who := access.System("cli")
	switch {
	case args[0] == "create" && f.NArg() == 0:
		made, err := s.MakeKey(ctx, who, *unit, *note)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s:%s\n%s\n", made.Login, made.Plain, made.Path())
		return nil
	case args[0] == "list" && f.NArg() == 0:
		return s.listKeys(ctx, who, t, *unit, out)
	case args[0] == "revoke" && f.NArg() == 1:
		return s.revokeNamed(ctx, who, t, f.Arg(0), out)
	}
	return usage
}

// eachKey walks over the keys within reach.
func (s *Service) eachKey(ctx context.Context, who access.Actor, do func(Key) error) error {
	for after := ""; ; {
		rows, err := s.AllKeys(ctx, who, page.Read(after, "200"))
		if err != nil {
			return err
		}
		for _, k := range rows.Items {
			if err := do(k); err != nil {
				return err
			}
		}
		if after = rows.Next; after == "" {
			return nil
		}
	}
}

func (s *Service) listKeys(ctx context.Context, who access.Actor, t i18n.T, unit string, out io.Writer) error {
	return s.eachKey(ctx, who, func(k Key) error {
		if unit != "" && k.Unit != unit {
			return nil
		}
		state := t.Say("intake.key.state.active")
		if k.RevokedAt != nil {
			state = t.Say("intake.key.state.revoked")
		}
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\n", k.Login, k.Unit, t.Moment(k.MadeAt), state, k.Note)
		return nil
	})
}

// revokeNamed revokes the key with a user name.
func (s *Service) revokeNamed(ctx context.Context, who access.Actor, t i18n.T, login string, out io.Writer) error {
	rows, err := s.keys(ctx, "ak.login = ?", login)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return fault.New(fault.Missing, "fault.missing")
	}
	if _, err := s.RevokeKey(ctx, who, rows[0].ID); err != nil {
		return err
	}
	fmt.Fprintln(out, t.Say("intake.key.revoked", "login", login))
	return nil
}

// ImportCommand takes files in at the machine: [--unit CODE] FILE…; without a unit they
// may be of any commune that their tag names. It says what became of each, and fails
// unless every one was taken.
func (s *Service) ImportCommand(ctx context.Context, t i18n.T, args []string, out io.Writer) error {
	f := flag.NewFlagSet("inventory", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	unit := f.String("unit", "", "")
	if err := f.Parse(args); err != nil || f.NArg() == 0 {
		return fault.New(fault.Invalid, "intake.import.usage")
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return err
	}
	if *unit == "" {
		*unit = tree.Roots()[0].Code
	}
	refused := 0
	for _, path := range f.Args() {
		body, err := readFile(path)
		if err != nil {
			refused++
			fmt.Fprintf(out, "%s: %s\n", path, t.Say("intake.import.unreadable"))
			continue
		}
		got, err := s.TakeFiles(ctx, access.System("cli"), *unit, []File{{path, body}})
		if err != nil {
			return err
		}
		if got[0].Problem != nil {
			refused++
		}
		fmt.Fprintf(out, "%s: %s\n", path, got[0].Say(t))
	}
	if refused > 0 {
		return fault.New(fault.Invalid, "intake.import.refused", "n", refused, "of", f.NArg())
	}
	return nil
}

func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() || info.Size() > mostWire {
		return nil, fault.New(fault.TooLarge, "fault.too_large")
	}
	return os.ReadFile(path) //nolint:gosec // the administrator names the file
}
