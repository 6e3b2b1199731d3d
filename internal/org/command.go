package org

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/page"
)

// at is who acts when somebody at the machine runs a command.
func at() access.Actor {
	who := access.System("command")
	who.Via = "cli"
	return who
}

func misunderstood(what string) error {
	return fault.New(fault.Invalid, "org.cli.bad", "what", what)
}

func flags() *flag.FlagSet {
	f := flag.NewFlagSet("", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	return f
}

// UserCommand is `user …`: create, list, lock, unlock, reset, close, grant.
func (p *People) UserCommand(ctx context.Context, t i18n.T, args []string, out io.Writer) error {
	if len(args) == 0 {
		return misunderstood("user")
	}
	verb, rest := args[0], args[1:]
	switch verb {
	case "create":
		return p.createCommand(ctx, t, rest, out)
	case "list":
		return p.listCommand(ctx, rest, out)
	case "lock", "unlock", "reset", "close", "grant":
		if len(rest) == 0 {
			return misunderstood("user " + verb)
		}
		a, err := accountByLogin(ctx, p.db.Read(), rest[0])
		if err != nil {
			return err
		}
		return p.actCommand(ctx, t, verb, a, rest[1:], out)
	}
	return misunderstood("user " + verb)
}

// Usage is how the commands are written.
func Usage(t i18n.T) string { return t.Say("org.cli.usage") }

func (p *People) createCommand(ctx context.Context, t i18n.T, args []string, out io.Writer) error {
	var in NewAccount
	var role, scope string
	f := flags()
	f.StringVar(&in.Login, "login", "", "")
	f.StringVar(&in.Name, "name", "", "")
	f.StringVar(&in.Email, "email", "", "")
	f.StringVar(&in.Phone, "phone", "", "")
	f.StringVar(&in.Unit, "unit", "", "")
	f.StringVar(&role, "role", "", "")
	f.StringVar(&scope, "scope", "", "")
	if err := f.Parse(args); err != nil || f.NArg() > 0 {
		return misunderstood(strings.Join(args, " "))
	}
	if role != "" {
		in.Posts = []Post{{Role: access.Role(role), Unit: scope}}
	}
	in.Password, in.MustChange = Passphrase(), true
	a, err := p.Create(ctx, at(), in)
	if err != nil {
		return err
	}
	return say(out, t.Say("org.cli.password", "login", a.Login, "password", in.Password))
}

func say(out io.Writer, line string) error {
	_, err := fmt.Fprintln(out, line)
	return err
}

// listCommand prints one account a line: login, state, name, unit, roles.
func (p *People) listCommand(ctx context.Context, args []string, out io.Writer) error {
	r := page.Request{Limit: page.Max}
	for {
		people, err := p.List(ctx, at(), PersonFilter{Text: strings.Join(args, " ")}, r)
		if err != nil {
			return err
		}
		for _, one := range people.Items {
			var posts []string
			for _, post := range one.Posts {
				posts = append(posts, strings.TrimSuffix(string(post.Role)+"@"+post.Unit, "@"))
			}
			line := strings.Join([]string{one.Login, string(one.State), one.Name, one.Unit, strings.Join(posts, ",")}, "\t")
			if err := say(out, line); err != nil {
				return err
			}
		}
		if people.Next == "" {
			return nil
		}
		r = page.Read(people.Next, "")
		r.Limit = page.Max
	}
}

func (p *People) actCommand(ctx context.Context, t i18n.T, verb string, a Account, args []string, out io.Writer) error {
	var err error
	switch verb {
	case "lock":
		err = p.Lock(ctx, at(), a.ID)
	case "close":
		err = p.Close(ctx, at(), a.ID)
	case "unlock":
		err = p.HelpUnlock(ctx, at(), a.ID, ByCommand, "")
	case "reset":
		password, err := p.HelpReset(ctx, at(), a.ID, ByCommand, "")
		if err != nil {
			return err
		}
		return say(out, t.Say("org.cli.password", "login", a.Login, "password", password))
	case "grant":
		err = p.grantCommand(ctx, a, args)
	}
	if err != nil {
		return err
	}
	return say(out, t.Say("org.cli.done", "login", a.Login))
}

func (p *People) grantCommand(ctx context.Context, a Account, args []string) error {
	var post Post
	f := flags()
	role := f.String("role", "", "")
	f.StringVar(&post.Unit, "scope", "", "")
	f.StringVar(&post.From, "from", "", "")
	f.StringVar(&post.Until, "until", "", "")
	if err := f.Parse(args); err != nil || f.NArg() > 0 {
		return misunderstood(strings.Join(args, " "))
	}
	post.Role = access.Role(*role)
	_, err := p.Grant(ctx, at(), a.ID, post)
	return err
}

// TokenCommand is `token create --account NAME`; the token is the last line printed.
func (p *People) TokenCommand(ctx context.Context, t i18n.T, args []string, out io.Writer) error {
	if len(args) == 0 || args[0] != "create" {
		return misunderstood("token " + strings.Join(args, " "))
	}
	f := flags()
	account := f.String("account", "", "")
	name := f.String("name", "token create", "")
	days := f.Int("days", 365, "")
	rights := f.String("right", "", "")
	if err := f.Parse(args[1:]); err != nil || f.NArg() > 0 || *account == "" {
		return misunderstood("token " + strings.Join(args, " "))
	}
	in := NewToken{Name: *name, Life: time.Duration(*days) * 24 * time.Hour}
	for _, r := range strings.FieldsFunc(*rights, func(r rune) bool { return r == ',' }) {
		in.Scope = append(in.Scope, access.Perm(r))
	}
	secret, token, err := p.MakeTokenFor(ctx, at(), *account, in)
	if err != nil {
		return err
	}
	if err := say(out, t.Say("org.cli.token", "name", token.Name, "login", *account, "at", token.ExpiresAt)); err != nil {
		return err
	}
	return say(out, secret)
}

// ImportCommand is `import units [UNITS.tsv [CHANGES.tsv]]`: without files, the units
// that ship with the program.
func (u *Units) ImportCommand(ctx context.Context, t i18n.T, args []string, out io.Writer) error {
	versions, err := table(args, 0, "units.tsv", ReadUnits)
	if err != nil {
		return err
	}
	var changes []Change
	if len(args) != 1 {
		if changes, err = table(args, 1, "changes.tsv", ReadChanges); err != nil {
			return err
		}
	}
	done, err := u.Import(ctx, at(), versions, changes)
	if err != nil {
		return err
	}
	return say(out, t.Say("org.cli.units", "units", done.Units, "changes", done.Changes))
}

func table[T any](args []string, i int, name string, read func(io.Reader) ([]T, error)) ([]T, error) {
	if i >= len(args) {
		return builtIn(name, read)
	}
	f, err := os.Open(args[i])
	if err != nil {
		return nil, fault.Because(fault.Invalid, "org.cli.bad", err, "what", args[i])
	}
	list, err := read(f)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, fault.Because(fault.Invalid, "org.units.do_not_fit", err, "why", err.Error())
	}
	return list, nil
}
